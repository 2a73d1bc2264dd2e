/** Checks the settings of an environment. The rules are in Rust (`src/check_settings.rs`), except those of HTTP. */
import { endpointSettings, namesIn, pickSettings, type Settings, settingsText } from '../config.js';
import { call } from '../wasm/instance.js';
import { createJwks } from './identity-provider/jwks.js';
import { pickHttpSettings, readHttpSettings } from './middleware/http-settings.js';

/** An error of a setting. It never contains the setting's value. */
export interface SettingError {
  /** Name of the setting. */
  readonly setting: string;
  /** Stable name of the error. */
  readonly code:
    | 'missing'
    | 'invalid'
    | 'quoted'
    | 'white_space'
    | 'short'
    | 'unknown_setting'
    | 'unescaped'
    | 'unknown_parameter'
    | 'invalid_parameter'
    | (string & {});
  /** One sentence that starts with the name of the setting. */
  readonly message: string;
  /**
   * `advice`: the value applies. `warning`: another value applies instead. `error`: requests are rejected. With a
   * warning or an error, `/health` reports the endpoint as unhealthy.
   */
  readonly severity: 'advice' | 'warning' | 'error';
}

/** Options of {@link checkSettings}. */
export interface CheckSettingsOptions {
  /**
   * Whether to check the settings of a process too: `DATABASE_URL`, `SQLITE_PATH`, `HOST`, `PORT`; the default is no.
   */
  readonly process?: boolean;
  /**
   * Whether user tokens must be configured; the default is yes. Set it to false if the application has its own
   * `authenticate`.
   */
  readonly userTokens?: boolean;
}

const PROCESS_SETTINGS = ['DATABASE_URL', 'SQLITE_PATH', 'HOST', 'PORT'] as const;

/**
 * Lists the errors of the settings of an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. The
 * endpoint logs them at startup, and `/health` reports it as unhealthy if there is a warning or an error.
 *
 * @example
 * ```ts
 * import { checkSettings } from 'livekit-edge/server';
 *
 * for (const { severity, message } of checkSettings({ LIVEKIT_URL: 'lk.example.com' })) console.log(severity, message);
 * ```
 *
 * @throws LivekitException with code `not_configured` if the environment cannot be read.
 */
export function checkSettings(env: object, { process = false, userTokens }: CheckSettingsOptions = {}): SettingError[] {
  const others = pickSettings(env, ['LOG_LEVEL', ...(process ? PROCESS_SETTINGS : [])]);
  const httpSettings = pickHttpSettings(env);
  const { invalid } = readHttpSettings(httpSettings);
  return listErrors({ ...endpointSettings(env), ...httpSettings, ...others }, namesIn(env), invalid, userTokens);
}

/**
 * As {@link checkSettings}, for settings as data. `names` are all names in the environment, to find misspelled ones;
 * `invalid` are the names of invalid HTTP settings.
 */
export function listErrors(
  settings: Settings,
  names: readonly string[],
  invalid: readonly string[],
  userTokens = true,
): SettingError[] {
  const text = settingsText(settings);
  const listed: SettingError[] = call(({ checkSettings }) => checkSettings(text, [...names]));
  const errors = listed.filter(({ setting, code }) => userTokens || setting !== 'JWT_SECRET' || code !== 'missing');
  const known = new Set(errors.filter(({ severity }) => severity !== 'advice').map(({ setting }) => setting));
  const others = [...jwksUrl(settings['JWT_JWKS_URL']), ...invalid.map(invalidError)];
  return [...errors, ...others.filter(({ setting }) => !known.has(setting))];
}

/** True if there is no warning or error. */
export const isHealthy = (errors: readonly SettingError[]): boolean =>
  errors.every(({ severity }) => severity === 'advice');

function jwksUrl(url: unknown): SettingError[] {
  if (typeof url !== 'string' || url.trim() === '') return [];
  try {
    createJwks(url.trim(), { algorithms: [] });
    return [];
  } catch {
    const message = 'JWT_JWKS_URL is not an https URL without credentials: tokens of the identity provider are refused';
    return [{ setting: 'JWT_JWKS_URL', code: 'invalid', message, severity: 'error' }];
  }
}

/** Messages for invalid HTTP settings, with the value that applies instead. */
const INVALID: Record<string, string> = {
  CORS_ORIGINS:
    'has an entry that is not an origin as a browser sends it, such as https://app.example.com (lower case, no slash at the end, no default port): it is ignored',
  RATE_LIMIT_PER_USER: 'is not an integer from 0: 60 applies',
  RATE_LIMIT_PER_ADDRESS: 'is not an integer from 0: 600 applies',
  CLIENT_ADDRESS_HEADER: 'is not the name of a header: it is ignored',
};

const invalidError = (setting: string): SettingError => ({
  setting,
  code: 'invalid',
  message: `${setting} ${INVALID[setting]}`,
  severity: 'warning',
});
