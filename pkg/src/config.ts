/** Configuration in code, and the settings of an environment that mean the same. */
import type { Settings } from './wasm/handle.js';

/** How to mint. Durations are whole seconds from 1 up; any other value counts as unset. */
export interface LivekitConfig {
  /** API key of the LiveKit server. */
  apiKey?: string | undefined;
  /** Its secret. */
  apiSecret?: string | undefined;
  /** Where clients connect to. Tokens are minted without it too. */
  url?: string | undefined;
  /** Life of a token whose request sets none; 3600 unless set, and never above `maxTtl`. */
  tokenTtl?: number | undefined;
  /** Longest life that a request may set; 86400 unless set. */
  maxTtl?: number | undefined;
  /** Whether participants may change their own name and metadata; no unless set. */
  canUpdateOwnMetadata?: boolean | undefined;
  /** Whether every token carries a random `jti`, for audit trails; no unless set. */
  jti?: boolean | undefined;
}

/** The setting of an environment that each property means. */
const SETTING_OF = {
  apiKey: 'LIVEKIT_API_KEY',
  apiSecret: 'LIVEKIT_API_SECRET',
  url: 'LIVEKIT_URL',
  tokenTtl: 'LIVEKIT_TOKEN_TTL',
  maxTtl: 'LIVEKIT_MAX_TTL',
  canUpdateOwnMetadata: 'LIVEKIT_CAN_UPDATE_OWN_METADATA',
  jti: 'LIVEKIT_TOKEN_JTI',
} as const satisfies Record<keyof LivekitConfig, string>;

/** Settings that have no property: they are about the callers of the endpoint. */
const CALLER_SETTINGS = [
  'LIVEKIT_IDENTITY_POLICY',
  'LIVEKIT_GRANTS',
  'JWT_SECRET',
  'JWT_JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
] as const;

/** Settings that are credentials or an address. Only text can be one; a number there is a mistake. */
const TEXT_ONLY: ReadonlySet<string> = new Set([
  'LIVEKIT_API_KEY',
  'LIVEKIT_API_SECRET',
  'LIVEKIT_URL',
  'JWT_SECRET',
  'JWT_JWKS_URL',
]);

/** A value that no setting understands, so that the rules see it and do not take it for unset. */
const NOT_A_SETTING = 'of a wrong type';

/** The configuration as text by setting, which is how the module reads it. */
export function settingsOf(config: LivekitConfig): Settings {
  return texts(Object.entries(SETTING_OF).map(([property, setting]) => [setting, member(config, property)]));
}

/** The settings of an environment, those about callers included. */
export function settingsOfEnvironment(env: object): Settings {
  return settingTexts(env, [...Object.values(SETTING_OF), ...CALLER_SETTINGS]);
}

/** Settings of an environment as text, by name; those that are not set are left out. */
export const settingTexts = (env: object, names: readonly string[]): Settings =>
  texts(names.map((name) => [name, member(env, name)]));

/** The configuration that an environment's settings mean. */
export function configOf(env: object): LivekitConfig {
  return Object.fromEntries(Object.entries(SETTING_OF).map(([property, setting]) => [property, member(env, setting)]));
}

/** A member of a configuration, its own or its class's; what was put on every object of the program is no setting. */
function member(of: object, name: string): unknown {
  const object: Record<string, unknown> = Object(of);
  return Object.hasOwn(object, name) || !(name in Object.prototype) ? object[name] : undefined;
}

function texts(settings: [name: string, value: unknown][]): Settings {
  const texts: Settings = {};
  for (const [name, value] of settings) {
    const text = settingText(name, value);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}

function settingText(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.toWellFormed();
  if (TEXT_ONLY.has(name)) return undefined;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : NOT_A_SETTING;
}
