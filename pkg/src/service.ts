/** Issues tokens with a configuration. */
import { readOptions } from './arguments.js';
import { configSettings, type LivekitConfig, type Settings, serviceSettings, settingsText } from './config.js';
import { createException } from './exception.js';
import {
  type ConnectionInfo,
  type IssuedToken,
  type TokenResponse,
  toConnectionInfo,
  tokenResponse,
} from './token-response.js';
import { isWellFormed } from './utf8.js';
import type { ServiceDescription, LivekitService as WasmService } from './wasm/generated/livekit_edge.js';
import { Handle } from './wasm/instance.js';

/** Room and participant of a token. */
export interface CreateTokenRequest {
  /** The room, at most 256 bytes. */
  roomId: string;
  /** Identity of the participant, at most 256 bytes. */
  identity: string;
  /** Display name, at most 256 bytes; the default is the identity. */
  name?: string | undefined;
  /** TTL of the token in seconds, rounded down to an integer. */
  ttl?: number | undefined;
}

type ServiceHandle = Handle<WasmService, ServiceDescription>;

const createHandle = (settings: Settings): ServiceHandle =>
  new Handle(
    ({ LivekitService }) => new LivekitService(settingsText(settings)),
    // Without a prototype, because `Object.prototype` could have a property `url`.
    (service) => Object.setPrototypeOf(service.describe(), null),
  );

/**
 * Issues tokens with one configuration. Its key is prepared once.
 *
 * @example
 * ```ts
 * import { LivekitService } from 'livekit-edge';
 *
 * const service = LivekitService.fromEnv({ LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret' });
 * const { token } = service.generateToken({ roomId: 'channel-abc123', identity: 'user-456', ttl: 600 });
 * ```
 */
export class LivekitService {
  /** Returns the handle. A closure, because `#private` fields do not work behind a `Proxy` (MobX, Vue). */
  private readonly handle: () => ServiceHandle;

  /** Copies the configuration. With a missing credential, {@link generateToken} throws. */
  constructor(config: LivekitConfig) {
    const handle = createHandle(configSettings(config));
    this.handle = () => handle;
  }

  /** Creates a service from the settings of an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
  static fromEnv(env: object): LivekitService {
    const handle = createHandle(serviceSettings(env));
    return Object.assign(Object.create(LivekitService.prototype), { handle: () => handle });
  }

  /**
   * Issues a token.
   *
   * @throws `LivekitException` with status 500 if a credential is missing, 400 if the request is invalid.
   */
  generateToken(request: CreateTokenRequest): TokenResponse {
    const fields = readRequest(request);
    const handle = this.handle();
    const issued = handle.call((service) => {
      const token = isTyped(fields)
        ? service.generateToken(fields.roomId, fields.identity, fields.name, fields.ttl)
        : service.generateTokenOfAny(fields.roomId, fields.identity, fields.name, fields.ttl);
      const issued: IssuedToken = { token, expiresAt: service.expiresAt };
      const jti = handle.description.jti ? service.jti : undefined;
      return jti === undefined ? issued : { ...issued, jti };
    });
    return tokenResponse(connectionInfo(handle, fields.roomId), fields as CreateTokenRequest, issued);
  }

  /** URL that clients connect to; with several servers, the URL of the room's server. */
  getConnectionInfo(roomId?: string): ConnectionInfo {
    return connectionInfo(this.handle(), roomId);
  }

  /** True if key, secret and URL are set. */
  validateConfiguration(): boolean {
    return this.handle().description.configured;
  }

  /** Names of the missing settings, in the order key, secret, URL. */
  missingConfiguration(): string[] {
    return [...this.handle().description.missing];
  }

  /** Frees the prepared key now, instead of at garbage collection. A later call prepares it again. */
  dispose(): void {
    this.handle().dispose();
  }
}

function connectionInfo(handle: ServiceHandle, roomId: unknown): ConnectionInfo {
  const { description } = handle;
  if (description.servers < 2 || !isText(roomId)) return toConnectionInfo(description);
  const url = handle.call((service) => service.urlForRoom(roomId));
  return url === undefined ? {} : { url };
}

/** The fields of a request, with unchecked types. */
type RawRequest = Record<'roomId' | 'identity' | 'name' | 'ttl', unknown>;

/** The fields of a request, with checked types. */
interface TypedRequest extends RawRequest {
  roomId: string;
  identity: string;
  name: string | undefined;
  ttl: number | undefined;
}

/** Reads each field once, because a getter may return different values. */
function readRequest(request: unknown): RawRequest {
  try {
    const object: object = Object(request);
    const { roomId, identity, name, ttl }: Partial<RawRequest> = isPolluted()
      ? readOptions(object as RawRequest, ['roomId', 'identity', 'name', 'ttl'])
      : object;
    return { roomId, identity, name: name === null ? undefined : name, ttl: ttl === null ? undefined : ttl };
  } catch (cause) {
    throw createException('invalid_request', 'The request could not be read', { cause });
  }
}

/**
 * True if `Object.prototype` has a property with the name of a field. Constant names make issuing a token 5% faster.
 */
const isPolluted = (): boolean =>
  'roomId' in Object.prototype ||
  'identity' in Object.prototype ||
  'name' in Object.prototype ||
  'ttl' in Object.prototype;

/** Maximum length, in UTF-16 units, of a string that is passed without a copy. Every limit of the rules is lower. */
const MAX_LENGTH = 1024;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_LENGTH && isWellFormed(value);

/** True if the fields have the right types, so that they can be passed as strings and numbers. */
function isTyped(request: RawRequest): request is TypedRequest {
  const { roomId, identity, name, ttl } = request;
  return (
    isText(roomId) &&
    isText(identity) &&
    (name === undefined || isText(name)) &&
    (ttl === undefined || typeof ttl === 'number')
  );
}

/**
 * Issues one token with a configuration. For several tokens, {@link LivekitService} is faster.
 *
 * @example
 * ```ts
 * import { generateToken } from 'livekit-edge';
 *
 * const config = { apiKey: 'devkey', apiSecret: 'secret' };
 * const { token, expiresAt } = generateToken({ roomId: 'channel-abc123', identity: 'user-456' }, config);
 * ```
 *
 * @throws `LivekitException` with status 500 if a credential is missing, 400 if the request is invalid.
 */
export const generateToken = (request: CreateTokenRequest, config: LivekitConfig): TokenResponse =>
  withTemporaryService(config, (service) => service.generateToken(request));

/** True if key, secret and URL are set. Never throws. */
export function validateConfiguration(config: LivekitConfig): boolean {
  try {
    return withTemporaryService(config, (service) => service.validateConfiguration());
  } catch {
    return false;
  }
}

/** Names of the missing settings, in the order key, secret, URL. */
export const missingConfiguration = (config: LivekitConfig): string[] =>
  withTemporaryService(config, (service) => service.missingConfiguration());

/** URL that clients connect to. */
export const getConnectionInfo = (config: LivekitConfig): ConnectionInfo =>
  withTemporaryService(config, (service) => service.getConnectionInfo());

function withTemporaryService<T>(config: LivekitConfig, use: (service: LivekitService) => T): T {
  const service = new LivekitService(config);
  try {
    return use(service);
  } finally {
    service.dispose();
  }
}
