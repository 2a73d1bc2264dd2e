// Says which settings the dev server hands to the endpoint: the demo's, each overridden by the environment.
import { demoSettings } from '../demo-data.mjs';

/** Without a value in the demo data, but passed on where the environment has one. */
const PASSED_ON = [
  'LIVEKIT_TOKEN_TTL',
  'LIVEKIT_MAX_TTL',
  'LIVEKIT_IDENTITY_POLICY',
  'LIVEKIT_CAN_UPDATE_OWN_METADATA',
  'LIVEKIT_TOKEN_JTI',
  'LIVEKIT_GRANTS',
  'LIVEKIT_KEYS',
  'LIVEKIT_SERVERS',
  'LIVEKIT_INTERNAL_URL',
  'LIVEKIT_CREATE_ROOMS',
  'LIVEKIT_AGENTS',
  'RECORDING_STORAGE',
  'RECORDING_FILEPATH',
  'RECORDING_LAYOUT',
  'RECORDING_PRESET',
  'JWT_SECRETS',
  'JWT_JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_CLIENT_ID',
  'JWT_ALGORITHMS',
  'JWT_LEEWAY',
  'OPERATOR_KEY',
  'CORS_ORIGINS',
  'RATE_LIMIT_PER_USER',
  'RATE_LIMIT_PER_ADDRESS',
  'CLIENT_ADDRESS_HEADER',
  'LOG_LEVEL',
];

/**
 * An empty value is passed on as well: it is how one tries what happens without a setting.
 * @param {Record<string, string | undefined>} environment
 */
export function workerSettings(environment) {
  const names = [...Object.keys(demoSettings), ...PASSED_ON];
  const overrides = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...withoutDemoServer(environment), ...Object.fromEntries(overrides) };
}

/**
 * The demo's settings, but not those that others of the environment take the place of.
 * @param {Record<string, string | undefined>} environment
 */
function withoutDemoServer({ LIVEKIT_KEYS, LIVEKIT_SERVERS }) {
  const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET, LIVEKIT_URL, ...others } = demoSettings;
  if (LIVEKIT_SERVERS) return others;
  return LIVEKIT_KEYS ? { ...others, LIVEKIT_URL } : demoSettings;
}
