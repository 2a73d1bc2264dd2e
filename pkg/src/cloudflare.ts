/**
 * The endpoint as a Worker, on a D1 database that is bound as `DB`, with the Durable Object for those who watch presence.
 *
 * @example
 * ```ts
 * export { default, PresenceRoom } from 'livekit-edge/cloudflare';
 * ```
 *
 * @module livekit-edge/cloudflare
 */
import type { Hono } from 'hono';
import { deployable } from './server/deployable.js';
import { createLogFrom } from './server/log.js';
import { type RateLimitBindings, rateLimitBindings } from './server/middleware/rate-limiter.js';
import { durableFeeds, type PresenceNamespace } from './server/presence/durable-feeds.js';
import { type PresenceRoomClass, presenceRoom } from './server/presence/presence-room.js';
import { reconcilePresence } from './server/presence/reconcile-presence.js';
import { tellFeeds } from './server/presence/tell-feeds.js';
import { type D1, d1Store } from './server/stores/d1.js';

export { durableFeeds, type PresenceNamespace } from './server/presence/durable-feeds.js';
export {
  type PresenceRoomClass,
  type PresenceRoomObject,
  type PresenceRoomState,
  type PresenceSocket,
  presenceRoom,
} from './server/presence/presence-room.js';

/** The bindings that the Worker needs besides its settings. */
export interface Env extends RateLimitBindings {
  /** The database with the tables of `migrations/`. */
  DB: D1;
  /** The Durable Object {@link PresenceRoom}, for those who watch presence; without it watching is 503. */
  PRESENCE_ROOM?: PresenceNamespace;
}

/** The Durable Object to bind as `PRESENCE_ROOM`. */
export const PresenceRoom: PresenceRoomClass<Pick<Env, 'DB'>> = presenceRoom(({ DB }) => d1Store(DB));

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
  presenceFeeds: ({ PRESENCE_ROOM }) => durableFeeds(PRESENCE_ROOM),
  // Cloudflare overwrites this header.
  clientAddress: (context) => context.req.header('CF-Connecting-IP'),
});

/** The Worker: a Hono app that answers at `/api/livekit` and at `/livekit`, and compares presence when a Cron Trigger says so. */
const worker: LivekitWorker = Object.assign(app, {
  async scheduled(_controller: unknown, env: Env): Promise<void> {
    const onChange = tellFeeds(() => durableFeeds(env.PRESENCE_ROOM), createLogFrom(env));
    await reconcilePresence({ settings: env, store: d1Store(env.DB), limit: ROOMS_A_RUN, onChange });
  },
});

export default worker;
