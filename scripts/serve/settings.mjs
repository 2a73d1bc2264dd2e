// The settings that the dev server passes to the endpoint: the demo's, each overridden by the environment.
import { demoSettings } from '../demo-data.mjs';

/** Names of the endpoint's settings, except those of a process and of its database. */
const SETTING =
  /^(?:(?:LIVEKIT_(?!EDGE_)|JWT_|RECORDING_|RATE_LIMIT_)[A-Z_]+|OPERATOR_KEY|CORS_ORIGINS|CLIENT_ADDRESS_HEADER|LOG_LEVEL)$/;

/**
 * An empty value is passed on as well, to try what happens without a setting.
 * @param {Record<string, string | undefined>} environment
 * @returns {Record<string, string>}
 */
export function workerSettings(environment) {
  const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET, LIVEKIT_URL, ...others } = demoSettings;
  const { LIVEKIT_KEYS, LIVEKIT_SERVERS } = environment;
  const overrides = Object.entries(environment).filter(([name, value]) => SETTING.test(name) && value !== undefined);
  return {
    ...others,
    // Keys and servers of the environment replace those of the demo.
    ...(LIVEKIT_SERVERS ? {} : { LIVEKIT_URL }),
    ...(LIVEKIT_SERVERS || LIVEKIT_KEYS ? {} : { LIVEKIT_API_KEY, LIVEKIT_API_SECRET }),
    ...Object.fromEntries(overrides),
  };
}
