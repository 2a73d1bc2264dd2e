/** Creates and caches the endpoint for the settings: its rules, store and log. */
import { endpointSettings, namesIn, pickSettings, type Settings, settingsText, withServers } from '../config.js';
import { isHealthy, listErrors, type SettingError } from './check-settings.js';
import { createJwks, type Jwks } from './identity-provider/jwks.js';
import { createRoomService, type RoomService } from './livekit/room-service.js';
import { type ChooseServer, chosenServer } from './livekit/servers.js';
import { createLogFrom, type Log } from './log.js';
import { type HttpSettings, pickHttpSettings, readHttpSettings } from './middleware/http-settings.js';
import { onceFrozen } from './once-frozen.js';
import { DueRooms } from './presence/due-rooms.js';
import type { PresenceFeeds } from './presence/feeds.js';
import { tellFeeds } from './presence/tell-feeds.js';
import { createRules, type Rules } from './rules.js';
import type { Store } from './stores/store.js';

/** The objects that handlers need. */
export interface Endpoint extends Prepared {
  /** The operator's log. */
  readonly log: Log;
  /** Opens the store, if one is configured. */
  readonly store: (() => Store) | undefined;
  /** Names of privileged grants that a permission may have. */
  readonly allowGrants: readonly string[];
  /** Returns the name of a room's LiveKit server, instead of rendezvous hashing. */
  readonly chooseServer?: ChooseServer | undefined;
  /** Notifies the clients that watch a room that its presence has changed. It never rejects, and logs errors. */
  readonly presenceChanged?: ((room: string) => Promise<void>) | undefined;
}

/** The endpoint of a request, and the HTTP settings. */
export interface Configured {
  readonly endpoint: Endpoint;
  readonly http: HttpSettings;
  /** True if no setting has a warning or an error. */
  readonly isHealthy: boolean;
}

/** The part of an endpoint that is cached between requests: keys and URLs. */
export interface Prepared {
  /**
   * The rules with their prepared keys.
   * @internal
   */
  readonly service: Rules;
  /** The keys of the identity provider, if one is configured. */
  readonly jwks?: Jwks | undefined;
  /** Calls LiveKit's servers. */
  readonly rooms: RoomService;
  /**
   * The rooms whose presence was compared with LiveKit, and when that is due again.
   * @internal
   */
  readonly dueRooms: DueRooms;
}

function prepare(settings: Settings): Prepared {
  const service = createRules(settings);
  return { service, rooms: createRoomService(service), jwks: createUserTokenJwks(service), dueRooms: new DueRooms() };
}

/**
 * Creates the verifier for the identity provider. With an invalid URL every token of the provider is rejected;
 * `check-settings.ts` reports the error.
 */
function createUserTokenJwks({ description: { jwksUrl, algorithms } }: Rules): Jwks | undefined {
  try {
    return jwksUrl === undefined ? undefined : createJwks(jwksUrl, { algorithms });
  } catch {
    return undefined;
  }
}

/** Returns the LiveKit servers of the application for an environment. */
type ServersFor = (env: object) => unknown;

/** Reads the settings of an environment, and serializes them as the key of the cache. */
function readSettings(env: object, servers: ServersFor | undefined) {
  const ofEnvironment = endpointSettings(env);
  const settings = servers === undefined ? ofEnvironment : withServers(ofEnvironment, servers(env));
  const httpSettings = pickHttpSettings(env);
  return { settings, httpSettings, key: `${settingsText(settings)}${settingsText(httpSettings)}` };
}

/** Options of the application that do not depend on the request. */
interface EndpointOptions {
  readonly allowGrants: readonly string[];
  /** Whether user tokens are verified: false if the application has its own `authenticate`. */
  readonly usesUserTokens: boolean;
  /** The application's LiveKit servers, instead of those in the settings. */
  readonly servers?: ServersFor | undefined;
}

/** Options of the application, bound to the environment of the request. */
interface RequestOptions extends Pick<Endpoint, 'store' | 'chooseServer'> {
  /** Returns the feeds that push presence to clients. */
  readonly presenceFeeds: () => PresenceFeeds;
}

/**
 * Caches the endpoint of the last environment, since a process usually has only one. The settings are parsed in every
 * request, unless the environment is frozen. The endpoint is created again only if they have changed.
 */
export function endpointCache({ usesUserTokens, servers, ...options }: EndpointOptions) {
  const check: Check<boolean> = (env, settings, { invalid }, log) => {
    const errors = listErrors(settings, namesIn(env), invalid, usesUserTokens);
    logErrors(errors, log);
    return isHealthy(errors);
  };
  const prepared = memoized(check, servers);
  return (env: object, { presenceFeeds, ...requestOptions }: RequestOptions, requestId?: string): Configured => {
    const log = createLogFrom(env, requestId);
    const { http, checked: isHealthy, ...rest } = prepared(env, log);
    const endpoint = { ...rest, ...options, ...requestOptions, log, presenceChanged: tellFeeds(presenceFeeds, log) };
    const { chooseServer } = requestOptions;
    if (chooseServer === undefined) return { endpoint, http, isHealthy };
    const rooms = createRoomService(rest.service, (room) => chosenServer(chooseServer, room, log));
    return { endpoint: { ...endpoint, rooms }, http, isHealthy };
  };
}

/**
 * As {@link endpointCache}, for `userTokens` and `kraken` without a context. It does not check the settings, which the
 * endpoint does.
 */
export function preparedCache(): (env: object) => Prepared {
  const prepared = memoized(() => {});
  return (env) => {
    const object: object = Object(env);
    return prepared(object, createLogFrom(object));
  };
}

type Check<Checked> = (env: object, settings: Settings, http: HttpSettings, log: Log) => Checked;

function memoized<Checked>(check: Check<Checked>, servers?: ServersFor) {
  const read = onceFrozen((env: object) => readSettings(env, servers));
  let last: { key: string; prepared: Prepared & { http: HttpSettings; checked: Checked } } | undefined;
  return (env: object, log: Log) => {
    const { settings, httpSettings, key } = read(env);
    if (last?.key !== key) {
      last?.prepared.service.dispose();
      const http = readHttpSettings(httpSettings);
      const checked = check(env, { ...settings, ...httpSettings, ...pickSettings(env, ['LOG_LEVEL']) }, http, log);
      last = { key, prepared: { ...prepare(settings), http, checked } };
    }
    return last.prepared;
  };
}

/** Logs each error once. */
function logErrors(errors: readonly SettingError[], log: Log): void {
  const missing = errors.filter(({ setting, code }) => code === 'missing' && setting.startsWith('LIVEKIT_'));
  const names = missing.map(({ setting }) => setting);
  if (names.length > 0) log.warn(`Missing LiveKit configuration: ${names.join(', ')}`);
  for (const error of errors) {
    if (missing.includes(error)) continue;
    if (error.severity === 'error') log.error(error.message);
    else log.warn(error.message);
  }
}
