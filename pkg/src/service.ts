/** The specified module in JavaScript: configuration in, tokens out. */
import { configOf, type LivekitConfig, settingsOf } from './config.js';
import { type Caller, type GrantedRequest, PreparedService, type RawCreateToken, type Settings } from './wasm/core.js';

/** Who is to join which room. */
export interface CreateTokenRequest {
  /** The room, at most 256 bytes. */
  roomId: string;
  /** Identity of the participant, at most 256 bytes. */
  identity: string;
  /** Display name, at most 256 bytes; the identity unless set. */
  name?: string;
  /** Seconds that the token lives, rounded down to whole ones. */
  ttl?: number;
}

/** A token and what its holder needs to know of it. */
export interface TokenResponse {
  token: string;
  identity: string;
  roomId: string;
  /** Where to connect to, if configured. */
  url?: string;
  /** From then on the token is refused: its `exp`. ISO 8601 in JSON. */
  expiresAt: Date;
  /** The token's `jti`, if it carries one. */
  jti?: string;
}

/** Frees what the module holds for a service that was collected. */
const collected =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry<PreparedService>((prepared) => prepared.drop());

/** Mints tokens with one configuration, whose key is prepared once. */
export class LivekitService {
  readonly #settings: Settings;
  #prepared: PreparedService | undefined;

  /** Copies the configuration. A missing credential shows when a token is asked for. */
  constructor(config: LivekitConfig) {
    this.#settings = settingsOf(config);
  }

  /** Reads the settings by name from an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
  static fromEnv(env: object): LivekitService {
    return new LivekitService(configOf(env));
  }

  /**
   * Mints a token.
   *
   * @throws {@link LivekitException} with status 500 if a credential is missing, 400 if the request breaks a rule.
   */
  generateToken(request: CreateTokenRequest): TokenResponse {
    const { roomId, identity, name, ttl } = Object(request) as CreateTokenRequest;
    const prepared = this.#live();
    const { token, expiresAt, jti } = prepared.generateToken({ roomId, identity, name, ttl });
    const { url } = prepared.description;
    return {
      token,
      identity,
      roomId,
      ...(url === undefined ? {} : { url }),
      expiresAt: new Date(expiresAt * 1000),
      ...(jti === undefined ? {} : { jti }),
    };
  }

  /**
   * Turns a request to join a channel into one that may be granted: the rules of the endpoint, for callers who
   * bring their own user and their own facts.
   *
   * @throws {@link LivekitException} with status 401, 400 or 403, in this order; 503 for facts that are none.
   */
  authorizeJoin(caller: Caller, request: RawCreateToken, facts: unknown): GrantedRequest {
    return this.#live().authorizeJoin(caller, request, facts);
  }

  /** Where clients connect to. */
  getConnectionInfo(): { url?: string } {
    const { url } = this.#live().description;
    return url === undefined ? {} : { url };
  }

  /** True if key, secret and URL are set. */
  validateConfiguration(): boolean {
    return this.missingConfiguration().length === 0;
  }

  /** Names of the settings that are missing, in the order key, secret, URL. */
  missingConfiguration(): string[] {
    return [...this.#live().description.missing];
  }

  /** True if the API secret is shorter than 32 bytes: it works, but can be guessed (RFC 7518 section 3.2). */
  hasShortSecret(): boolean {
    return this.#live().description.shortSecret;
  }

  /** Forgets the prepared key now, rather than when the service is collected. A later call prepares it anew. */
  dispose(): void {
    if (this.#prepared === undefined) return;
    collected?.unregister(this);
    this.#prepared.drop();
    this.#prepared = undefined;
  }

  #live(): PreparedService {
    if (this.#prepared?.isAlive !== true) {
      this.#prepared = new PreparedService(this.#settings);
      collected?.register(this, this.#prepared, this);
    }
    return this.#prepared;
  }
}

/**
 * Mints a token with a configuration that is used once; {@link LivekitService} is faster for more.
 *
 * @throws {@link LivekitException} with status 500 if a credential is missing, 400 if the request breaks a rule.
 */
export const generateToken = (request: CreateTokenRequest, config: LivekitConfig): TokenResponse =>
  once(config, (service) => service.generateToken(request));

/** True if key, secret and URL are set. Never throws, whatever it is given. */
export function validateConfiguration(config: LivekitConfig): boolean {
  try {
    return missingConfiguration(config).length === 0;
  } catch {
    return false;
  }
}

/** Names of the settings that are missing, in the order key, secret, URL. */
export const missingConfiguration = (config: LivekitConfig): string[] =>
  once(config, (service) => service.missingConfiguration());

/** Where clients connect to. */
export const getConnectionInfo = (config: LivekitConfig): { url?: string } =>
  once(config, (service) => service.getConnectionInfo());

function once<T>(config: LivekitConfig, call: (service: LivekitService) => T): T {
  const service = new LivekitService(config);
  try {
    return call(service);
  } finally {
    service.dispose();
  }
}
