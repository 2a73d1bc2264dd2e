/** Configuration of the service, from an object in code or from the settings of an environment. */
import { field } from './arguments.js';
import { createException } from './exception.js';
import { jsonText } from './snapshot.js';
import { isWellFormed } from './utf8.js';

/** Configuration of the service. TTLs are positive integers of seconds; any other value counts as unset. */
export interface LivekitConfig {
  /** API key of the LiveKit server. */
  apiKey?: string | undefined;
  /** Secret of the API key. */
  apiSecret?: string | undefined;
  /** URL that clients connect to. Issuing tokens does not require it. */
  url?: string | undefined;
  /** Default TTL of a token in seconds; the default is 3600, the maximum is `maxTtl`. */
  tokenTtl?: number | undefined;
  /** Maximum TTL in seconds that a request may have; the default is 86400. */
  maxTtl?: number | undefined;
  /** Whether participants may change their own name and metadata; the default is no. */
  canUpdateOwnMetadata?: boolean | undefined;
  /** Whether every token has a random `jti`, for audit trails; the default is no. */
  jti?: boolean | undefined;
}

/** Properties of {@link LivekitConfig}. `src/config.rs` maps them to settings. */
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

/** Settings that may be objects, because Workers have JSON variables. */
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

/** Copies a configuration as plain data. */
export const configSettings = (config: LivekitConfig): Settings => read(config, Object.keys(PROPERTIES));

/** Copies the settings of the service from an environment. */
export const serviceSettings = (env: object): Settings => read(env, SERVICE_SETTINGS);

/** Copies the settings of the endpoint, including those of the service, from an environment. */
export const endpointSettings = (env: object): Settings => read(env, [...SERVICE_SETTINGS, ...ENDPOINT_SETTINGS]);

/** Settings of a single server, which the option `servers` replaces; `SINGLE_SERVER` in `src/config.rs`. */
const SINGLE_SERVER = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL', 'LIVEKIT_INTERNAL_URL', 'LIVEKIT_KEYS'];

/** Replaces the servers in settings by those of the application. */
export function withServers(settings: Settings, servers: unknown): Settings {
  const others = Object.entries(settings).filter(([name]) => !SINGLE_SERVER.includes(name));
  return { ...Object.fromEntries(others), ...read({ [SERVERS]: servers ?? [] }, [SERVERS]) };
}

/** Copies the named settings from an environment. */
export const pickSettings = (env: object, names: readonly string[]): Settings => read(env, names);

/** Maximum number and length of names that are compared with settings to find misspelled ones. */
const MAX_NAMES = 1000;
const MAX_NAME_LENGTH = 64;

/** All names in an environment, including those that are not settings. */
export function namesIn(env: object): string[] {
  try {
    const names = Object.keys(Object(env)).filter((name) => name.length <= MAX_NAME_LENGTH && isWellFormed(name));
    return names.slice(0, MAX_NAMES);
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** Copies the named settings from an environment as strings, without unset ones. */
export function textSettings(env: object, names: readonly string[]): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(read(env, names))) {
    texts[name] = typeof value === 'object' ? NOT_A_SETTING : String(value);
  }
  return texts;
}

/**
 * Stands for a value of the wrong type. No setting accepts it, so that the error is reported and the setting does not
 * count as unset. `INVALID` in `src/config.rs`.
 */
const NOT_A_SETTING = 'of another type';

/** As {@link NOT_A_SETTING}, in JSON. */
const NOT_PRIMITIVE: object = Object.freeze(Object.create(null));

/** Maximum length of the settings as JSON text, in UTF-16 units. */
const MAX_LENGTH = 1024 * 1024;

/** Serializes settings as the JSON text that the rules parse. */
export function settingsText(settings: Settings): string {
  const text = Object.values(settings).some(isTooLong) ? undefined : JSON.stringify(settings);
  if (text === undefined || isTooLong(text)) {
    throw createException('not_configured', 'The configuration is too large');
  }
  return text;
}

const isTooLong = (value: unknown): boolean => typeof value === 'string' && value.length > MAX_LENGTH;

/**
 * Reads each field once. Rust checks the types: a value that is not a primitive becomes an object, which Rust rejects.
 */
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

/** Serializes a setting. One that is too large becomes an invalid value, so that it does not count as unset. */
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
