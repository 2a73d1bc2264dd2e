/** Rate limits in PostgreSQL, shared by all processes that use the database. */
// Only this file of the package is imported, because it does not depend on a platform.
import RateLimiterPostgres from 'rate-limiter-flexible/lib/RateLimiterPostgres.js';
import { createException } from '../../exception.js';
import { createLogFrom } from '../log.js';
import { sharedConnection } from '../stores/shared-connection.js';
import type { Store } from '../stores/store.js';
import { CountingClient, TABLE } from './counting-client.js';
import { limitsFromSettings, MINUTE } from './limits-from-settings.js';
import { memoryRateLimiter } from './memory-rate-limit.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';

/** The result of the limiter. Above the limit it rejects with this. */
interface Count {
  readonly msBeforeNext: number;
  readonly isFirstInDuration: boolean;
}

/**
 * Returns the limits of RATE_LIMIT_PER_USER and RATE_LIMIT_PER_ADDRESS, counted in the table of
 * `postgres/0008_rate_limits.sql` over the connections of a store. While the table is missing, or the database does not
 * answer within half a second, requests are counted in this process. Each change is logged.
 *
 * @example
 * ```ts
 * import { postgresRateLimits } from 'livekit-edge/node';
 * import { livekit } from 'livekit-edge/server';
 * import { postgresStore } from 'livekit-edge/stores/postgres';
 *
 * const store = postgresStore('postgres://user@127.0.0.1/kraken');
 * export const endpoint = livekit({ store, rateLimit: postgresRateLimits(store) });
 * ```
 *
 * @param store - a store from `postgresStore()`, or from `openStore()` with a PostgreSQL database
 * @throws LivekitException with code `not_configured` for any other store, and for a store that connects for each query
 */
export function postgresRateLimits(store: Store): (env: object) => RateLimits {
  const connection = sharedConnection(store);
  if (connection === undefined) {
    throw createException(
      'not_configured',
      'postgresRateLimits() needs a store of postgresStore() that keeps its connections',
    );
  }
  let limits: ReturnType<typeof limitsIn> | undefined;
  return (env) => {
    limits ??= limitsIn(new CountingClient(connection, createLogFrom(env)));
    return limits(env);
  };
}

/** True if {@link postgresRateLimits} accepts a store. */
export const isCountable = (store: unknown): store is Store => sharedConnection(store) !== undefined;

/** Returns the limits of the settings, counted by a client. The client is probed immediately. */
export function limitsIn(client: CountingClient): (env: object) => RateLimits {
  let isProbed = false;
  return limitsFromSettings((limit, count) => {
    if (!isProbed) client.probe();
    isProbed = true;
    return postgresRateLimiter(client, limit, count);
  });
}

function postgresRateLimiter(client: CountingClient, limit: keyof RateLimits, count: number): RateLimiter {
  const insurance = memoryRateLimiter(count);
  const limiter = new RateLimiterPostgres({
    storeClient: client,
    storeType: 'client',
    tableName: TABLE,
    // Migrations create the table, and the client removes expired rows.
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: limit,
    points: count,
    duration: MINUTE,
    // A key above its limit is rejected without a query until its minute ends.
    inMemoryBlockOnConsumed: count,
  });
  return {
    async limit(key) {
      try {
        // PostgreSQL cannot store U+0000.
        const { isFirstInDuration }: Count = await limiter.consume(key.replaceAll('\0', '\uFFFD'));
        if (isFirstInDuration) client.begin();
        return { success: true };
      } catch (refusal) {
        if (!isCount(refusal)) return insurance.limit(key);
        // At most the duration, even if another process has another clock.
        return { success: false, retryAfter: Math.min(Math.ceil(refusal.msBeforeNext / 1000), MINUTE) };
      }
    },
  };
}

/** True for the result of a key above its limit; false for an error. */
const isCount = (refusal: unknown): refusal is Count => !(refusal instanceof Error);
