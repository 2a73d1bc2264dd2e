/**
 * The endpoint as a Worker, on a D1 database that is bound as `DB`.
 *
 * @example
 * ```ts
 * export { default } from 'livekit-edge/cloudflare';
 * ```
 *
 * @module livekit-edge/cloudflare
 */
import type { Hono } from 'hono';
import { deployable } from './server/deployable.js';
import { type RateLimitBindings, rateLimitBindings } from './server/middleware/rate-limiter.js';
import { type D1, d1Store } from './server/stores/d1.js';

/** The bindings that the Worker needs besides its settings. */
export interface Env extends RateLimitBindings {
  /** The database with the tables of `migrations/`. */
  DB: D1;
}

/** The Worker: a Hono app that answers at `/api/livekit` and at `/livekit`. */
const worker: Hono = deployable<Env>({
  store: (env) => d1Store(env.DB),
  rateLimit: rateLimitBindings,
  // Cloudflare overwrites this header.
  clientAddress: (context) => context.req.header('CF-Connecting-IP'),
});

export default worker;
