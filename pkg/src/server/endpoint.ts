/** What an environment makes of the endpoint: its service, its store, its log. */
import { readOptions } from '../arguments.js';
import { endpointSettings, type Settings, textSettings } from '../config.js';
import { checkSettings, isHealthy, type SettingError } from './check-settings.js';
import { createJwks, type Jwks } from './identity-provider/jwks.js';
import { type RoomService, roomServiceOf } from './livekit/room-service.js';
import { createLog, type Log } from './log.js';
import { type HttpSettings, httpSettingsOfEnvironment, readHttpSettings } from './middleware/http-settings.js';
import { onceFrozen } from './once-frozen.js';
import type { Grants } from './rbac/granted.js';
import { createRules, type Rules } from './rules.js';
import type { Store } from './stores/store.js';

/** Everything that a request needs and a setting decides. Every stage of the endpoint takes it. */
export interface Endpoint {
  /**
   * The rules and the keys, prepared.
   * @internal
   */
  readonly service: Rules;
  /** Where to tell the operator. */
  readonly log: Log;
  /** Opens the store. */
  store(): Store;
  /** The keys of the identity provider, if there is one. */
  readonly jwks?: Jwks | undefined;
  /** Whether the endpoint works as its settings say. */
  readonly isHealthy: boolean;
  /** LiveKit's server, to act on those who are in a room. */
  readonly rooms: RoomService;
  /** The application's own table of grants, in place of ours. */
  readonly grants?: Grants | undefined;
}

/** What an environment does not say. */
interface Given {
  /** Opens the store. */
  store(): Store;
  grants?: Grants | undefined;
}

/** Makes the endpoint of an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
export const createEndpoint = (env: object, given: Given): Endpoint => ({
  ...prepare(endpointSettings(env), checkSettings(env)),
  ...(readOptions(given, ['store', 'grants']) as Given),
  log: logOf(env),
});

/** What is worth keeping from one request to the next: nothing in it but keys and addresses. */
type Prepared = Pick<Endpoint, 'service' | 'jwks' | 'rooms' | 'isHealthy'>;

function prepare(settings: Settings, errors: readonly SettingError[]): Prepared {
  const service = createRules(settings);
  return { service, rooms: roomServiceOf(service), jwks: jwksOf(service), isHealthy: isHealthy(errors) };
}

/** Without an address that is safe to ask no token of the provider is right: the operator is told, and callers are not. */
function jwksOf({ description: { jwksUrl, algorithms } }: Rules): Jwks | undefined {
  try {
    return jwksUrl === undefined ? undefined : createJwks(jwksUrl, { algorithms });
  } catch {
    return undefined;
  }
}

const logOf = (env: object, requestId?: string): Log =>
  createLog(textSettings(env, ['LOG_LEVEL'])['LOG_LEVEL'], requestId);

/** The settings of an environment, and a text that says whether two are the same. */
function textsOf(env: object) {
  const settings = endpointSettings(env);
  const httpSettings = httpSettingsOfEnvironment(env);
  return { settings, httpSettings, key: JSON.stringify([settings, httpSettings]) };
}

/**
 * Remembers what the last environment made: a running process has one. Its settings are read in every request unless it is
 * frozen, prepared and checked anew only if they have changed.
 */
export function endpointCache() {
  const read = onceFrozen(textsOf);
  let last: { key: string; prepared: Prepared; http: HttpSettings } | undefined;
  return (env: object, given: Given, requestId?: string): { endpoint: Endpoint; http: HttpSettings } => {
    const { settings, httpSettings, key } = read(env);
    const log = logOf(env, requestId);
    if (last?.key !== key) {
      last?.prepared.service.dispose();
      const errors = checkSettings(env);
      last = { key, prepared: prepare(settings, errors), http: readHttpSettings(httpSettings) };
      logErrors(errors, log);
    }
    return { endpoint: { ...last.prepared, ...given, log }, http: last.http };
  };
}

/** Tells the operator once what is wrong. */
function logErrors(errors: readonly SettingError[], log: Log): void {
  const missing = errors.filter(({ setting, code }) => code === 'missing' && setting.startsWith('LIVEKIT_'));
  if (missing.length > 0)
    log.warn(`Missing LiveKit configuration: ${missing.map(({ setting }) => setting).join(', ')}`);
  for (const error of errors) {
    if (missing.includes(error)) continue;
    if (error.severity === 'error') log.error(error.message);
    else log.warn(error.message);
  }
}
