/** The deployable Worker, except that a request may bring settings of its own. */
import type { ExecutionContext } from 'hono';
import worker, { type Env } from 'livekit-edge/cloudflare';
import { changedSettings } from './headers.ts';

export { PresenceRoom } from 'livekit-edge/cloudflare';

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> =>
    worker.fetch(request, changedSettings(request, env), context),
};
