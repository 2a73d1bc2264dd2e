/** Configuration in code, and the settings of an environment with the same meaning. */
import { field } from './arguments.js';
import { createException } from './exception.js';
import { jsonText } from './snapshot.js';
import { isWellFormed } from './utf8.js';

/** Configuration of the service. TTLs are integers of seconds from 1; any other value counts as unset. */
export interface LivekitConfig {
  /** API key of the LiveKit server. */
  apiKey?: string | undefined;
  /** Its secret. */
  apiSecret?: string | undefined;
  /** URL that clients connect to. Tokens are issued without it too. */
  url?: string | undefined;
  /** TTL of a token whose request has none; the default is 3600, the maximum `maxTtl`. */
  tokenTtl?: number | undefined;
  /** Maximum TTL that a request may ask for; the default is 86400. */
  maxTtl?: number | undefined;
  /** Whether participants may change their own name and metadata; the default is no. */
  canUpdateOwnMetadata?: boolean | undefined;
  /** Whether every token has a random `jti`, for audit trails; the default is no. */
  jti?: boolean | undefined;
}

/** Properties of {@link LivekitConfig}. Rust knows the setting of each (`src/config.rs`). */
const PROPERTIES = {
  apiKey: true,
  apiSecret: true,
  url: true,
  tokenTtl: true,
  maxTtl: true,
  canUpdateOwnMetadata: true,
  jti: true,
} as const satisfies Record<keyof LivekitConfig, true>;

const SERVERS = 'LIVEKIT_SERVERS';

/** The settings that may be objects: Workers have JSON variables. */
const JSON_SETTINGS = [SERVERS, 'RECORDING_STORAGE'];

/** Settings of the service in an environment. */
const SERVICE_SETTINGS = [
  'LIVEKIT_API_KEY',
  'LIVEKIT_API_SECRET',
  'LIVEKIT_URL',
  'LIVEKIT_INTERNAL_URL',
  'LIVEKIT_KEYS',
  SERVERS,
  'LIVEKIT_TOKEN_TTL',
  'LIVEKIT_MAX_TTL',
  'LIVEKIT_CAN_UPDATE_OWN_METADATA',
  'LIVEKIT_TOKEN_JTI',
] as const;

/** Settings of the endpoint besides those of the service. */
const ENDPOINT_SETTINGS = [
  'LIVEKIT_IDENTITY_POLICY',
  'LIVEKIT_GRANTS',
  'LIVEKIT_CREATE_ROOMS',
  'LIVEKIT_AGENTS',
  'RECORDING_STORAGE',
  'RECORDING_FILEPATH',
  'RECORDING_LAYOUT',
  'RECORDING_PRESET',
  'JWT_SECRET',
  'JWT_SECRETS',
  'JWT_JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_CLIENT_ID',
  'JWT_ALGORITHMS',
  'JWT_LEEWAY',
  'OPERATOR_KEY',
] as const;

/** Settings by name, as plain data. */
export type Settings = Readonly<Record<string, string | number | boolean | object>>;

/** A configuration as plain data. */
export const settingsOfConfig = (config: LivekitConfig): Settings => read(config, Object.keys(PROPERTIES));

/** The settings of the service in an environment. */
export const serviceSettings = (env: object): Settings => read(env, SERVICE_SETTINGS);

/** The settings of the endpoint in an environment, including those of the service. */
export const endpointSettings = (env: object): Settings => read(env, [...SERVICE_SETTINGS, ...ENDPOINT_SETTINGS]);

/** Settings of a single server, which servers in code replace; `SINGLE_SERVER` in `src/config.rs`. */
const SINGLE_SERVER = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL', 'LIVEKIT_INTERNAL_URL', 'LIVEKIT_KEYS'];

/** The settings of an environment, in which the servers of the application replace those of the settings. */
export function withServers(settings: Settings, servers: unknown): Settings {
  const others = Object.entries(settings).filter(([name]) => !SINGLE_SERVER.includes(name));
  return { ...Object.fromEntries(others), ...read({ [SERVERS]: servers ?? [] }, [SERVERS]) };
}

/** Settings of an environment by these names. */
export const settingsOf = (env: object, names: readonly string[]): Settings => read(env, names);

/** Maximum number and length of the names that are compared with those of settings. */
const MAX_NAMES = 1000;
const MAX_NAME_LENGTH = 64;

/** The names in an environment, of settings and of anything else. */
export function namesIn(env: object): string[] {
  try {
    const names = Object.keys(Object(env)).filter((name) => name.length <= MAX_NAME_LENGTH && isWellFormed(name));
    return names.slice(0, MAX_NAMES);
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** Settings of an environment by these names, as strings; unset ones are left out. */
export function textSettings(env: object, names: readonly string[]): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(read(env, names))) {
    texts[name] = typeof value === 'object' ? NOT_A_SETTING : String(value);
  }
  return texts;
}

/** A value that no setting accepts, so that it is reported and does not count as unset; `INVALID` in `src/config.rs`. */
const NOT_A_SETTING = 'of another type';

/** The same as JSON. */
const NOT_PRIMITIVE: object = Object.freeze(Object.create(null));

/** Maximum length of the settings as JSON text, in UTF-16 units. */
const MAX_LENGTH = 1024 * 1024;

/** Settings as the JSON text that the rules parse. */
export function settingsText(settings: Settings): string {
  const text = Object.values(settings).some(isTooLong) ? undefined : JSON.stringify(settings);
  if (text === undefined || isTooLong(text)) {
    throw createException('not_configured', 'The configuration is too large');
  }
  return text;
}

const isTooLong = (value: unknown): boolean => typeof value === 'string' && value.length > MAX_LENGTH;

/** Reads each field once. Rust checks the types; a value that is not a primitive becomes an object, which it rejects. */
function read(of: object, names: readonly string[]): Settings {
  const object: object = Object(of);
  const settings: Record<string, string | number | boolean | object> = Object.create(null);
  for (const name of names) {
    const value = readField(object, name);
    if (typeof value === 'string') settings[name] = isTooLong(value) ? value : value.toWellFormed();
    else if (typeof value === 'number' || typeof value === 'boolean') settings[name] = value;
    else if (value !== undefined && value !== null)
      settings[name] = JSON_SETTINGS.includes(name) ? settingJson(value) : NOT_PRIMITIVE;
  }
  return settings;
}

/** A setting as JSON. One that is too large becomes an invalid value, and does not count as unset. */
function settingJson(value: unknown): string {
  try {
    return jsonText(value) || NOT_A_SETTING;
  } catch (cause) {
    throw unreadable(cause);
  }
}

function readField(object: object, name: string): unknown {
  try {
    return field(object, name);
  } catch (cause) {
    throw unreadable(cause);
  }
}

const unreadable = (cause: unknown) =>
  createException('not_configured', 'The configuration could not be read', { cause });
