/** Configuration in code, and the settings of an environment that mean the same. */
import type { Settings } from './wasm/core.js';

/**
 * What happens to an identity that a caller of the endpoint asks for. `preserve`: it is kept, unless it is the id of
 * another user. `own`: it is ignored, the identity is always the caller's id.
 */
export type IdentityPolicy = 'preserve' | 'own';

/** How to mint. Durations are whole seconds from 1 up; any other value counts as unset. */
export interface LivekitConfig {
  apiKey: string;
  apiSecret: string;
  /** Where clients connect to. Tokens are minted without it too. */
  url?: string;
  /** Life of a token whose request sets none; 3600 unless set, and never above `maxTtl`. */
  tokenTtl?: number;
  /** Longest life that a request may set; 86400 unless set. */
  maxTtl?: number;
  /** Under which identity callers of the endpoint join: `preserve` unless set, see {@link IdentityPolicy}. */
  identityPolicy?: IdentityPolicy;
  /** Whether participants may change their own name and metadata; no unless set. */
  canUpdateOwnMetadata?: boolean;
  /** Whether every token carries a random `jti`, for audit trails; no unless set. */
  jti?: boolean;
}

/** The setting of an environment that each property means. */
const SETTING_OF = {
  apiKey: 'LIVEKIT_API_KEY',
  apiSecret: 'LIVEKIT_API_SECRET',
  url: 'LIVEKIT_URL',
  tokenTtl: 'LIVEKIT_TOKEN_TTL',
  maxTtl: 'LIVEKIT_MAX_TTL',
  identityPolicy: 'LIVEKIT_IDENTITY_POLICY',
  canUpdateOwnMetadata: 'LIVEKIT_CAN_UPDATE_OWN_METADATA',
  jti: 'LIVEKIT_TOKEN_JTI',
} as const satisfies Record<keyof LivekitConfig, string>;

/** Properties that are text; a number there is a mistake, not a credential. */
const TEXT_ONLY: ReadonlySet<string> = new Set(['apiKey', 'apiSecret', 'url']);

/** The configuration as text by setting, which is how the module reads it. What is of a wrong type is left out. */
export function settingsOf(config: LivekitConfig): Settings {
  const settings: Settings = {};
  const given: Record<string, unknown> = Object(config);
  for (const [property, setting] of Object.entries(SETTING_OF)) {
    const value = given[property];
    const isSetting =
      typeof value === 'string' ||
      (!TEXT_ONLY.has(property) && (typeof value === 'number' || typeof value === 'boolean'));
    if (isSetting) settings[setting] = String(value).toWellFormed();
  }
  return settings;
}

/** The configuration that an environment's settings mean. */
export function configOf(env: object): LivekitConfig {
  const settings = env as Record<string, unknown>;
  const entries = Object.entries(SETTING_OF).map(([property, setting]) => [property, settings[setting]]);
  return Object.fromEntries(entries);
}
