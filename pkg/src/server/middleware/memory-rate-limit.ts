/** Rate limits in memory, for Node and Deno. Each process counts separately. */
// Only this file of the package is imported, because it does not depend on a platform.
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import { limitsFromSettings, MINUTE } from './limits-from-settings.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';

/** Maximum number of keys, about 30 MB. */
const MAX_KEYS = 50_000;

/** The result of the limiter for a key. */
interface Count {
  consumedPoints: number;
  msBeforeNext: number;
  isFirstInDuration: boolean;
}

/**
 * Returns the limits of RATE_LIMIT_PER_USER and RATE_LIMIT_PER_ADDRESS, counted in this process. A changed setting
 * starts a new count.
 */
export const memoryRateLimits = (): ((env: object) => RateLimits) =>
  limitsFromSettings((_, count) => memoryRateLimiter(count));

/**
 * Creates a limiter that allows `count` requests of a key in `duration` seconds from its first one. With more than
 * `maxKeys` keys the oldest is removed.
 */
export function memoryRateLimiter(count: number, duration = MINUTE, maxKeys = MAX_KEYS): RateLimiter {
  const limiter = new RateLimiterMemory({ points: count, duration, keyPrefix: '' });
  /** Ring buffer of the keys in the order of their first request, so that the oldest is overwritten. */
  const ring: string[] = [];
  /** Current index of each key in the ring. */
  const places = new Map<string, number>();
  let next = 0;

  function remember(key: string): void {
    const oldest = ring[next];
    if (oldest !== undefined && oldest !== key && places.get(oldest) === next) {
      places.delete(oldest);
      limiter.delete(oldest);
    }
    ring[next] = key;
    places.set(key, next);
    next = (next + 1) % maxKeys;
  }

  return {
    async limit(key) {
      // Above the limit the promise rejects with the same result.
      const counted: Count = await limiter.consume(key).catch((refusal: Count) => refusal);
      if (counted.isFirstInDuration) remember(key);
      const success = counted.consumedPoints <= count;
      return success ? { success } : { success, retryAfter: Math.ceil(counted.msBeforeNext / 1000) };
    },
  };
}
