/** The deployable Worker with short times of its streams, except that a request may bring settings of its own. */
import { Hono } from 'hono';
import { durableFeeds, type Env } from 'livekit-edge/cloudflare';
import { livekit } from 'livekit-edge/server';
import { d1Store } from 'livekit-edge/stores/d1';
import { changedSettings, SHORT_TIMES } from './headers.ts';

export { PresenceRoom } from 'livekit-edge/cloudflare';

const app = new Hono<{ Bindings: Env }>();
app.route(
  '/api/livekit',
  livekit<Env>({
    store: ({ DB }) => d1Store(DB),
    presenceFeeds: ({ PRESENCE_ROOM }) => durableFeeds(PRESENCE_ROOM),
    presenceEvents: SHORT_TIMES,
  }),
);

export default {
  fetch: (request: Request, env: Env): Response | Promise<Response> =>
    app.fetch(request, changedSettings(request, env)),
};
