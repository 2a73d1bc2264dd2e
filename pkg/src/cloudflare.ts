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
import { reconcilePresence } from './server/presence/reconcile-presence.js';
import { type D1, d1Store } from './server/stores/d1.js';

/** The bindings that the Worker needs besides its settings. */
export interface Env extends RateLimitBindings {
  /** The database with the tables of `migrations/`. */
  DB: D1;
}

/** A Worker that answers requests, and that a Cron Trigger calls. */
export interface LivekitWorker extends Hono {
  /** Compares presence with LiveKit's own list of who is in a room, in at most 100 rooms. */
  scheduled(controller: unknown, env: Env): Promise<void>;
}

/** Maximum number of rooms of one run: each takes up to five of the requests and queries that a run may make. */
const ROOMS_A_RUN = 100;

const app: Hono = deployable<Env>({
  store: (env) => d1Store(env.DB),
  rateLimit: rateLimitBindings,
  // Cloudflare overwrites this header.
  clientAddress: (context) => context.req.header('CF-Connecting-IP'),
});

/** The Worker: a Hono app that answers at `/api/livekit` and at `/livekit`, and compares presence when a Cron Trigger says so. */
const worker: LivekitWorker = Object.assign(app, {
  async scheduled(_controller: unknown, env: Env): Promise<void> {
    await reconcilePresence({ settings: env, store: d1Store(env.DB), limit: ROOMS_A_RUN });
  },
});

export default worker;
