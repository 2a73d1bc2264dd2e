/** The endpoint with one user, below a prefix. */
import { Hono } from 'hono';
import { livekit } from 'livekit-edge/server';

const routes = livekit({
  authenticate: (request) => (request.headers.get('Authorization') === 'Bearer alice' ? { userId: 'alice' } : null),
  authorize: ({ userId }, { room }) => ({ room, identity: userId, grants: { canPublish: true } }),
});

export function endpoint(prefix: string): (request: Request) => Response | Promise<Response> {
  const app = new Hono().route(prefix, routes);
  return (request) => app.fetch(request, process.env);
}
