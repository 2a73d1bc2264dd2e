/**
 * The endpoint as a Worker with a D1 database (binding `DB`), and the Durable Object that pushes presence to clients.
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
  /** The Durable Object {@link PresenceRoom}, which pushes presence to clients. Without it, those requests get 503. */
  PRESENCE_ROOM?: PresenceNamespace;
}

/** The Durable Object to bind as `PRESENCE_ROOM`. */
export const PresenceRoom: PresenceRoomClass<Pick<Env, 'DB'>> = presenceRoom(({ DB }) => d1Store(DB));

/** A Worker that handles requests and Cron Triggers. */
export interface LivekitWorker extends Hono {
  /** Compares the presence of at most 100 rooms with LiveKit's list of participants. */
  scheduled(controller: unknown, env: Env): Promise<void>;
}

/** Maximum number of rooms in one run. A room takes up to five subrequests, whose number in a run is limited. */
const ROOMS_A_RUN = 100;

const app: Hono = deployable<Env>({
  store: (env) => d1Store(env.DB),
  rateLimit: rateLimitBindings,
  presenceFeeds: ({ PRESENCE_ROOM }) => durableFeeds(PRESENCE_ROOM),
  // Cloudflare overwrites this header.
  clientAddress: (context) => context.req.header('CF-Connecting-IP'),
});

/**
 * The Worker: a Hono app at `/api/livekit` and `/livekit`, which compares presence with LiveKit on each Cron Trigger.
 */
const worker: LivekitWorker = Object.assign(app, {
  async scheduled(_controller: unknown, env: Env): Promise<void> {
    const onChange = tellFeeds(() => durableFeeds(env.PRESENCE_ROOM), createLogFrom(env));
    await reconcilePresence({ settings: env, store: d1Store(env.DB), limit: ROOMS_A_RUN, onChange });
  },
});

export default worker;
