/** What an environment makes of the endpoint: its service, its store, its log. */
import { endpointSettings, type Settings, settingsText, textSettings } from '../config.js';
import { createJwks, type Jwks } from './identity-provider/jwks.js';
import { type RoomService, roomServiceOf } from './livekit/room-service.js';
import { createLog, type Log } from './log.js';
import { type HttpSettings, httpSettingsOfEnvironment, readHttpSettings } from './middleware/http-settings.js';
import { onceFrozen } from './once-frozen.js';
import { createRules, type Rules } from './rules.js';
import type { Store } from './stores/store.js';

/** Everything that a request needs and a setting decides. Every stage of the endpoint takes it. */
export interface Endpoint extends Prepared {
  /** Where to tell the operator. */
  readonly log: Log;
  /** Opens the store, if there is one. */
  readonly store: (() => Store) | undefined;
  /** Privileged grants that a permission may have, by name. */
  readonly allowGrants: readonly string[];
}

/** What is worth keeping from one request to the next: nothing in it but keys and addresses. */
export interface Prepared {
  /**
   * The rules and the keys, prepared.
   * @internal
   */
  readonly service: Rules;
  /** The keys of the identity provider, if there is one. */
  readonly jwks?: Jwks | undefined;
  /** LiveKit's server, to act on those who are in a room. */
  readonly rooms: RoomService;
}

function prepare(settings: Settings): Prepared {
  const service = createRules(settings);
  const { jwksUrl } = service.description;
  return { service, rooms: roomServiceOf(service), jwks: jwksUrl === undefined ? undefined : jwksOf(jwksUrl) };
}

/** Without an address that is safe to ask no token of the provider is right: the operator is told, and callers are not. */
function jwksOf(url: string): Jwks | undefined {
  try {
    return createJwks(url);
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
  return { settings, httpSettings, key: `${settingsText(settings)}${settingsText(httpSettings)}` };
}

/** What the application's options say. */
interface Given {
  readonly allowGrants: readonly string[];
  /** Whether user tokens are verified: false for an application's own `authenticate`. */
  readonly usesUserTokens: boolean;
}

/**
 * Remembers what the last environment made: a running process has one. Its settings are read in every request unless it is
 * frozen, prepared and checked anew only if they have changed.
 */
export function endpointCache({ usesUserTokens, ...given }: Given) {
  const prepared = memoized((prepared, http, log) => checkConfiguration(prepared, http, log, usesUserTokens));
  return (env: object, store: Endpoint['store'], requestId?: string): { endpoint: Endpoint; http: HttpSettings } => {
    const log = logOf(env, requestId);
    const { http, ...rest } = prepared(env, log);
    return { endpoint: { ...rest, ...given, store, log }, http };
  };
}

/** As {@link endpointCache}, for a function of an application's own, whose settings the endpoint checks. */
export function preparedCache(): (env: object) => Prepared {
  const prepared = memoized(() => {});
  return (env) => {
    const object: object = Object(env);
    return prepared(object, logOf(object));
  };
}

function memoized(check: (prepared: Prepared, http: HttpSettings, log: Log) => void) {
  const read = onceFrozen(textsOf);
  let last: { key: string; prepared: Prepared & { http: HttpSettings } } | undefined;
  return (env: object, log: Log) => {
    const { settings, httpSettings, key } = read(env);
    if (last?.key !== key) {
      last?.prepared.service.dispose();
      const http = readHttpSettings(httpSettings);
      last = { key, prepared: { ...prepare(settings), http } };
      check(last.prepared, http, log);
    }
    return last.prepared;
  };
}

/** Says once what an operator should mend. */
function checkConfiguration({ service, jwks }: Prepared, http: HttpSettings, log: Log, usesUserTokens: boolean): void {
  const { missing, misread, short, userTokens, jwksUrl, issuer, audience } = service.description;
  if (missing.length > 0) log.warn(`Missing LiveKit configuration: ${missing.join(', ')}`);
  if (usesUserTokens && !userTokens) log.error('JWT_SECRET is not set: every request is answered 401');
  if (jwksUrl !== undefined && jwks === undefined) {
    log.error('JWT_JWKS_URL is not an https URL without credentials: tokens of the identity provider are refused');
  }
  if (jwksUrl !== undefined && !issuer) log.error('JWT_ISSUER is not set: tokens of the identity provider are refused');
  if (jwksUrl !== undefined && !audience) log.warn('JWT_AUDIENCE is not set: tokens for other services are taken too');
  for (const name of [...misread, ...http.misread]) {
    log.warn(`${name} is not understood: see the settings in docs/endpoint.md for what applies now`);
  }
  for (const name of short) log.warn(`${name} is shorter than 32 bytes: it can be guessed`);
}
