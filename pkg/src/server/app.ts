/**
 * The endpoint. Read this first: a request passes authenticate → authorize → grant, in `routes/token.ts`.
 *
 * This file holds what all routes share: limits, errors, and which method goes where.
 */
import { type Context, Hono } from 'hono';
import { env } from 'hono/adapter';
import { limitBody, limitWebhook } from './body.js';
import { type Endpoint, endpointCache } from './endpoint.js';
import { answer, METHOD_NOT_ALLOWED, NOT_FOUND } from './errors.js';
import type { Grants } from './grant.js';
import { connectionInfo } from './routes/connection-info.js';
import { health } from './routes/health.js';
import { muteParticipant } from './routes/mute-participant.js';
import { dmToken, token, tokenSource } from './routes/token.js';
import { voicePresence } from './routes/voice-presence.js';
import { webhook } from './routes/webhook.js';
import type { Store } from './store/store.js';

/** What `livekit()` needs. */
export interface LivekitOptions<Bindings extends object = Record<string, unknown>> {
  /** Where users, channels and roles are; a function of the environment if the database is a binding of it. */
  store: Store | ((env: Bindings) => Store);
  /** Where the settings are; the environment of the runtime unless set: a Worker's bindings, `process.env`, `Deno.env`. */
  settings?: (context: Context) => object;
  /** Your own table of grants, in place of `LIVEKIT_GRANTS`: what a caller who may join may do in the room. */
  grants?: Grants;
}

/** What a handler finds in its context. */
export type LivekitContext = Context<{ Variables: { endpoint: Endpoint } }>;

/**
 * The routes of the endpoint, to mount in a Hono app: `app.route('/api/livekit', livekit({ store }))`. Settings are read
 * anew in each request.
 */
export function livekit<Bindings extends object = Record<string, unknown>>({
  store,
  settings: settingsOf = env,
  grants,
}: LivekitOptions<Bindings>) {
  const storeFor = typeof store === 'function' ? store : () => store;
  const endpointOf = endpointCache();
  const app = new Hono<{ Variables: { endpoint: Endpoint } }>();
  app.onError(answer);

  app.use(async (context, next) => {
    const settings = settingsOf(context as Context);
    context.set('endpoint', endpointOf(settings, { grants, store: () => storeFor(settings as Bindings) }));
    context.header('Cache-Control', 'no-store');
    await next();
  });

  app.post('/token', limitBody, token);
  app.post('/dm-token', limitBody, dmToken);
  app.post('/token-source', limitBody, tokenSource);
  app.post('/channels/:channelId/mute-participant', limitBody, muteParticipant);
  app.get('/channels/:channelId/voice-presence', voicePresence);
  app.post('/webhook', limitWebhook, webhook);
  app.get('/connection-info', connectionInfo);
  app.get('/health', health);

  for (const { method, path } of [...app.routes]) {
    const allow = method === 'GET' ? 'GET, HEAD' : method;
    if (method !== 'ALL') app.all(path, refuse(METHOD_NOT_ALLOWED, { Allow: allow }));
  }
  app.all('*', refuse(NOT_FOUND));
  return app;
}

function refuse(error: Error, headers: Record<string, string> = {}) {
  return (context: Context): never => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    throw error;
  };
}
