/** The endpoint with rate limits of a test's own, as a Worker. */
import { Hono } from 'hono';
import { durableFeeds, type Env } from 'livekit-edge/cloudflare';
import { livekit } from 'livekit-edge/server';
import { d1Store } from 'livekit-edge/stores/d1';
import type { Limits } from './headers.ts';
import { limited } from './limited.ts';

const app = new Hono();
app.route(
  '/api/livekit',
  livekit<Env & { LIMITS: Limits }>({
    ...limited,
    store: ({ DB }) => d1Store(DB),
    presenceFeeds: ({ PRESENCE_ROOM }) => durableFeeds(PRESENCE_ROOM),
  }),
);

export { PresenceRoom } from 'livekit-edge/cloudflare';
export default app;
