/** Creates rate limiters from RATE_LIMIT_PER_USER and RATE_LIMIT_PER_ADDRESS. */
import { onceFrozen } from '../once-frozen.js';
import { pickHttpSettings, readHttpSettings } from './http-settings.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';

/** Duration of the limits in seconds. */
export const MINUTE = 60;

/** Creates the limiter for a setting that is not 0. */
type Create = (limit: keyof RateLimits, count: number) => RateLimiter;

/** Returns the limits of an environment; 0 means no limit. A changed setting starts a new count. */
export function limitsFromSettings(create: Create): (env: object) => RateLimits {
  const user = remembered((count) => create('user', count));
  const address = remembered((count) => create('address', count));
  const read = onceFrozen((env) => readHttpSettings(pickHttpSettings(env)));
  return (env) => {
    const { perUser, perAddress } = read(env);
    return { user: user(perUser), address: address(perAddress) };
  };
}

function remembered(create: (count: number) => RateLimiter): (count: number) => RateLimiter | undefined {
  let last: { count: number; limiter: RateLimiter | undefined } | undefined;
  return (count) => {
    if (last?.count !== count) last = { count, limiter: count === 0 ? undefined : create(count) };
    return last.limiter;
  };
}
