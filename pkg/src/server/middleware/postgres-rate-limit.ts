/** Rate limits counted in PostgreSQL, which all processes on that database share. */
// Of the whole package only this file, which needs nothing of a platform.
import RateLimiterPostgres from 'rate-limiter-flexible/lib/RateLimiterPostgres.js';
import { createException } from '../../exception.js';
import { createLogFrom } from '../log.js';
import { sharedConnection } from '../stores/shared-connection.js';
import type { Store } from '../stores/store.js';
import { CountingClient, TABLE } from './counting-client.js';
import { limitsFromSettings, MINUTE } from './limits-from-settings.js';
import { memoryRateLimiter } from './memory-rate-limit.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';

/** What the limiter resolves with, and rejects with above the limit. */
interface Count {
  readonly msBeforeNext: number;
  readonly isFirstInDuration: boolean;
}

/**
 * The limits of RATE_LIMIT_PER_USER and RATE_LIMIT_PER_ADDRESS, counted in the table of `postgres/0008_rate_limits.sql` over the
 * connections of a store. While the table is missing, or the database does not answer within half a second, requests are
 * counted in this process. The log says where they are counted when that changes.
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
 * @param store - what `postgresStore()`, or `openStore()` for a PostgreSQL, has returned
 * @throws LivekitException with code `not_configured` for another store, and for one that connects for each query
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

/** Whether {@link postgresRateLimits} accepts a store. */
export const canCount = (store: unknown): store is Store => sharedConnection(store) !== undefined;

/** The limits of the settings, counted by a client, which is asked whether it can before the first request is counted. */
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
    // Migrations create it, and expired rows are removed by the client.
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: limit,
    points: count,
    duration: MINUTE,
    // A key that has reached its limit is refused without a query until its minute is over.
    inMemoryBlockOnConsumed: count,
  });
  return {
    async limit(key) {
      try {
        // PostgreSQL does not store U+0000.
        const { isFirstInDuration }: Count = await limiter.consume(key.replaceAll('\0', '\uFFFD'));
        if (isFirstInDuration) client.begin();
        return { success: true };
      } catch (refusal) {
        if (!isCount(refusal)) return insurance.limit(key);
        // At most the duration, also where another process has another clock.
        return { success: false, retryAfter: Math.min(Math.ceil(refusal.msBeforeNext / 1000), MINUTE) };
      }
    },
  };
}

/** Whether the limiter has counted and refused, where it does not reject with an error. */
const isCount = (refusal: unknown): refusal is Count => !(refusal instanceof Error);
