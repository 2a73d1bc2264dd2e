/** settings → endpoint: its rules, its store, its log. */
import { endpointSettings, namesIn, type Settings, settingsOf, settingsText, withServers } from '../config.js';
import { isHealthy, listErrors, type SettingError } from './check-settings.js';
import { createJwks, type Jwks } from './identity-provider/jwks.js';
import { type RoomService, roomServiceOf } from './livekit/room-service.js';
import { type ChooseServer, chosenServer } from './livekit/servers.js';
import { createLogFrom, type Log } from './log.js';
import { type HttpSettings, httpSettingsOfEnvironment, readHttpSettings } from './middleware/http-settings.js';
import { onceFrozen } from './once-frozen.js';
import { DueRooms } from './presence/due-rooms.js';
import type { PresenceFeeds } from './presence/feeds.js';
import { tellFeeds } from './presence/tell-feeds.js';
import { createRules, type Rules } from './rules.js';
import type { Store } from './stores/store.js';

/** What every stage of the endpoint needs. */
export interface Endpoint extends Prepared {
  /** The operator's log. */
  readonly log: Log;
  /** Opens the store, if there is one. */
  readonly store: (() => Store) | undefined;
  /** Privileged grants that a permission may have, by name. */
  readonly allowGrants: readonly string[];
  /** Names the LiveKit server that a room is on, in place of rendezvous hashing. */
  readonly chooseServer?: ChooseServer | undefined;
  /** Tells those who watch a room that its presence has changed. It never rejects, and logs its errors. */
  readonly presenceChanged?: ((room: string) => Promise<void>) | undefined;
}

/** The endpoint of a request, and the settings that HTTP needs. */
export interface Configured {
  readonly endpoint: Endpoint;
  readonly http: HttpSettings;
  /** Whether no setting has an error that is more than advice. */
  readonly isHealthy: boolean;
}

/** What is cached between requests: keys and addresses. */
export interface Prepared {
  /**
   * The rules and the keys, prepared.
   * @internal
   */
  readonly service: Rules;
  /** The keys of the identity provider, if there is one. */
  readonly jwks?: Jwks | undefined;
  /** Calls LiveKit's servers. */
  readonly rooms: RoomService;
  /**
   * The rooms whose presence was compared with LiveKit's own list.
   * @internal
   */
  readonly dueRooms: DueRooms;
}

function prepare(settings: Settings): Prepared {
  const service = createRules(settings);
  return { service, rooms: roomServiceOf(service), jwks: jwksOf(service), dueRooms: new DueRooms() };
}

/** With an invalid URL every token of the provider is invalid; `check-settings.ts` tells the operator. */
function jwksOf({ description: { jwksUrl, algorithms } }: Rules): Jwks | undefined {
  try {
    return jwksUrl === undefined ? undefined : createJwks(jwksUrl, { algorithms });
  } catch {
    return undefined;
  }
}

/** The servers of an application, by its environment. */
type ServersOf = (env: object) => unknown;

/** The settings of an environment, and a key that is equal for equal settings. */
function textsOf(env: object, servers: ServersOf | undefined) {
  const ofEnvironment = endpointSettings(env);
  const settings = servers === undefined ? ofEnvironment : withServers(ofEnvironment, servers(env));
  const httpSettings = httpSettingsOfEnvironment(env);
  return { settings, httpSettings, key: `${settingsText(settings)}${settingsText(httpSettings)}` };
}

/** Options of the application that do not depend on the request. */
interface Given {
  readonly allowGrants: readonly string[];
  /** Whether user tokens are verified: false for an application's own `authenticate`. */
  readonly usesUserTokens: boolean;
  /** The application's LiveKit servers, in place of those of the settings. */
  readonly servers?: ServersOf | undefined;
}

/** Options of the application, with the environment of the request. */
interface OfRequest extends Pick<Endpoint, 'store' | 'chooseServer'> {
  /** The feeds of those who watch presence. */
  readonly presenceFeeds: () => PresenceFeeds;
}

/**
 * Caches the endpoint of the last environment: a running process has one. The settings are parsed in every request unless the
 * environment is frozen, and prepared and checked again only if they have changed.
 */
export function endpointCache({ usesUserTokens, servers, ...given }: Given) {
  const check: Check<boolean> = (env, settings, { invalid }, log) => {
    const errors = listErrors(settings, namesIn(env), invalid, usesUserTokens);
    logErrors(errors, log);
    return isHealthy(errors);
  };
  const prepared = memoized(check, servers);
  return (env: object, { presenceFeeds, ...ofRequest }: OfRequest, requestId?: string): Configured => {
    const log = createLogFrom(env, requestId);
    const { http, checked: isHealthy, ...rest } = prepared(env, log);
    const endpoint = { ...rest, ...given, ...ofRequest, log, presenceChanged: tellFeeds(presenceFeeds, log) };
    const { chooseServer } = ofRequest;
    if (chooseServer === undefined) return { endpoint, http, isHealthy };
    const rooms = roomServiceOf(rest.service, (room) => chosenServer(chooseServer, room, log));
    return { endpoint: { ...endpoint, rooms }, http, isHealthy };
  };
}

/** As {@link endpointCache}, for a function of an application's own, whose settings the endpoint checks. */
export function preparedCache(): (env: object) => Prepared {
  const prepared = memoized(() => {});
  return (env) => {
    const object: object = Object(env);
    return prepared(object, createLogFrom(object));
  };
}

type Check<Checked> = (env: object, settings: Settings, http: HttpSettings, log: Log) => Checked;

function memoized<Checked>(check: Check<Checked>, servers?: ServersOf) {
  const read = onceFrozen((env: object) => textsOf(env, servers));
  let last: { key: string; prepared: Prepared & { http: HttpSettings; checked: Checked } } | undefined;
  return (env: object, log: Log) => {
    const { settings, httpSettings, key } = read(env);
    if (last?.key !== key) {
      last?.prepared.service.dispose();
      const http = readHttpSettings(httpSettings);
      const checked = check(env, { ...settings, ...httpSettings, ...settingsOf(env, ['LOG_LEVEL']) }, http, log);
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
