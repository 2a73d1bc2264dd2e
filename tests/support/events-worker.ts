/** The deployable Worker with short times of its streams, except that a request may bring settings of its own. */
import { type ExecutionContext, Hono } from 'hono';
import { PresenceRoom as Deployed, durableFeeds, type Env, type PresenceRoomState } from 'livekit-edge/cloudflare';
import { livekit } from 'livekit-edge/server';
import { d1Store } from 'livekit-edge/stores/d1';
import { changedSettings, SHORT_TIMES } from './headers.ts';

/** The deployable object, which a test can also tell that a minute has passed; it answers with the keys of what it keeps. */
export class PresenceRoom extends Deployed {
  readonly #storage: PresenceRoomState['storage'] & { list?(): Promise<Map<string, unknown>> };

  constructor(state: PresenceRoomState, env: Env) {
    super(state, env);
    this.#storage = state.storage;
  }

  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== '/alarm') return super.fetch(request);
    await this.alarm();
    return Response.json([...((await this.#storage.list?.()) ?? new Map()).keys()]);
  }
}

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
  fetch: (request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> =>
    app.fetch(request, changedSettings(request, env), context),
};
