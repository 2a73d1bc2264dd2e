/** Rate limits counted in this process, for Node and Deno. Several processes count each for itself. */
// Of the whole package only this file, which needs nothing of a platform.
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import { limitsFromSettings, MINUTE } from './limits-from-settings.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';

/** Maximum number of keys that are counted at a time, in about 30 MB. */
const MAX_KEYS = 50_000;

/** The result of the limiter: the count of a key, also above the limit. */
interface Count {
  consumedPoints: number;
  msBeforeNext: number;
  isFirstInDuration: boolean;
}

/**
 * The limits of RATE_LIMIT_PER_USER and RATE_LIMIT_PER_ADDRESS, counted in this process. A changed setting starts a new count.
 */
export const memoryRateLimits = (): ((env: object) => RateLimits) =>
  limitsFromSettings((_, count) => memoryRateLimiter(count));

/**
 * Allows `count` requests of a key in `duration` seconds from its first one. Of more than `maxKeys` keys the oldest is
 * dropped.
 */
export function memoryRateLimiter(count: number, duration = MINUTE, maxKeys = MAX_KEYS): RateLimiter {
  const limiter = new RateLimiterMemory({ points: count, duration, keyPrefix: '' });
  /** The keys in a ring by the start of their time: the one that is overwritten is the oldest. */
  const ring: string[] = [];
  /** Index of a key in the ring. An index that the key had before is unused. */
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
      // Above the limit the promise rejects with the count.
      const counted: Count = await limiter.consume(key).catch((refusal: Count) => refusal);
      if (counted.isFirstInDuration) remember(key);
      const success = counted.consumedPoints <= count;
      return success ? { success } : { success, retryAfter: Math.ceil(counted.msBeforeNext / 1000) };
    },
  };
}
