/** What an environment makes of the endpoint: its service, its store, its log. */
import { readOptions } from '../arguments.js';
import { endpointSettings, type Settings, textSettings, withServers } from '../config.js';
import { createJwks, type Jwks } from './identity-provider/jwks.js';
import { type RoomService, roomServiceOf } from './livekit/room-service.js';
import { type ChooseServer, chosenServer } from './livekit/servers.js';
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
  /** LiveKit's servers, to act on those who are in a room. */
  readonly rooms: RoomService;
  /** Names the LiveKit server that a room is on, in place of rendezvous hashing. */
  readonly chooseServer?: ChooseServer | undefined;
  /** The application's own table of grants, in place of ours. */
  readonly grants?: Grants | undefined;
}

/** What an environment does not say. */
interface Given {
  /** Opens the store. */
  store(): Store;
  grants?: Grants | undefined;
  chooseServer?: ChooseServer | undefined;
}

/** Makes the endpoint of an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
export function createEndpoint(env: object, given: Given): Endpoint {
  const options = readOptions(given, ['store', 'grants', 'chooseServer']) as Given;
  return endpointOf(prepare(endpointSettings(env)), options, logOf(env));
}

function endpointOf(prepared: Prepared, given: Given, log: Log): Endpoint {
  const { chooseServer } = given;
  if (chooseServer === undefined) return { ...prepared, ...given, log };
  const rooms = roomServiceOf(prepared.service, (room) => chosenServer(chooseServer, room));
  return { ...prepared, ...given, rooms, log };
}

/** What is worth keeping from one request to the next: nothing in it but keys and addresses. */
type Prepared = Pick<Endpoint, 'service' | 'jwks' | 'rooms'>;

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

/** The servers of an application, by its environment. */
type ServersOf = (env: object) => unknown;

/** The settings of an environment, and a text that says whether two are the same. */
function textsOf(env: object, serversOf: ServersOf | undefined) {
  const ofEnvironment = endpointSettings(env);
  const settings = serversOf === undefined ? ofEnvironment : withServers(ofEnvironment, serversOf(env));
  const httpSettings = httpSettingsOfEnvironment(env);
  return { settings, httpSettings, key: JSON.stringify([settings, httpSettings]) };
}

/**
 * Remembers what the last environment made: a running process has one. Its settings are read in every request unless it is
 * frozen, prepared and checked anew only if they have changed.
 */
export function endpointCache(serversOf?: ServersOf) {
  const read = onceFrozen((env: object) => textsOf(env, serversOf));
  let last: { key: string; prepared: Prepared; http: HttpSettings } | undefined;
  return (env: object, given: Given, requestId?: string): { endpoint: Endpoint; http: HttpSettings } => {
    const { settings, httpSettings, key } = read(env);
    const log = logOf(env, requestId);
    if (last?.key !== key) {
      last?.prepared.service.dispose();
      last = { key, prepared: prepare(settings), http: readHttpSettings(httpSettings) };
      checkConfiguration(last.prepared, last.http, log);
    }
    return { endpoint: endpointOf(last.prepared, given, log), http: last.http };
  };
}

/** Says once what an operator should mend. */
function checkConfiguration({ service, jwks }: Prepared, http: HttpSettings, log: Log): void {
  const { errors, missing, misread, short, userTokens, jwksUrl, issuer, audience } = service.description;
  for (const error of errors) log.error(error);
  if (missing.length > 0) log.warn(`Missing LiveKit configuration: ${missing.join(', ')}`);
  if (!userTokens) log.error('JWT_SECRET is not set: every request is answered 401');
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
