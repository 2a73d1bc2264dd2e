/**
 * The endpoint. Read this first: a request for a token passes authenticate → authorize → grant, in `routes/token.ts`.
 *
 * This file holds what all routes share: limits, errors, and which method goes where.
 */
import { type Context, type Handler, Hono } from 'hono';
import { env } from 'hono/adapter';
import { limitBody, limitWebhook } from './body.js';
import { type Endpoint, endpointCache } from './endpoint.js';
import { answer, METHOD_NOT_ALLOWED, NOT_FOUND } from './errors.js';
import type { Grants } from './grant.js';
import type { ClientAddress } from './http/client-address.js';
import { allowOrigins } from './http/cors.js';
import { everyAnswer } from './http/every-answer.js';
import type { HttpSettings } from './http/http-settings.js';
import { limitAddress, type RateLimits } from './http/rate-limit.js';
import { connectionInfo } from './routes/connection-info.js';
import { health } from './routes/health.js';
import { muteParticipant } from './routes/mute-participant.js';
import { openapi } from './routes/openapi.js';
import { dmToken, token, tokenSource } from './routes/token.js';
import { voicePresence } from './routes/voice-presence.js';
import { limitSender, webhook } from './routes/webhook.js';
import type { Store } from './store/store.js';

/** What `livekit()` needs. */
export interface LivekitOptions<Bindings extends object = Record<string, unknown>> {
  /** Where users, channels and roles are; a function of the environment if the database is a binding of it. */
  store: Store | ((env: Bindings) => Store);
  /** Where the settings are; the environment of the runtime unless set: a Worker's bindings, `process.env`, `Deno.env`. */
  settings?: (context: Context) => object;
  /** Your own table of grants, in place of `LIVEKIT_GRANTS`: what a caller who may join may do in the room. */
  grants?: Grants;
  /** How often somebody may ask; a function of the environment if the counters are bindings of it. No limits unless set. */
  rateLimit?: RateLimits | ((env: Bindings) => RateLimits);
  /** Where requests come from, for the limit per address, unless the setting CLIENT_ADDRESS_HEADER says where. */
  clientAddress?: ClientAddress;
  /** Settings to prepare and to check at once: what is missing is logged then, not in the first request. */
  startWith?: object;
}

/** What the middleware leaves for the handlers. */
export interface LivekitEnv {
  Variables: {
    endpoint: Endpoint;
    http: HttpSettings;
    rateLimits: () => RateLimits;
    requestId: string;
    /** What the log says of a 500; `Request failed` unless set. */
    failure: string;
  };
}

/** All of LiveKit's events come from one address, and one that is refused is lost: its signature is limit enough. */
const WEBHOOK = '/webhook';

/** Every route: its method, its path, and what a request passes through. */
const ROUTES: readonly [method: 'GET' | 'POST', path: string, ...handlers: Handler[]][] = [
  ['POST', '/token', limitBody, token],
  ['POST', '/dm-token', limitBody, dmToken],
  ['POST', '/token-source', limitBody, tokenSource],
  ['POST', '/channels/:channelId/mute-participant', limitBody, muteParticipant],
  ['GET', '/channels/:channelId/voice-presence', voicePresence],
  ['POST', WEBHOOK, limitSender, limitWebhook, webhook],
  ['GET', '/connection-info', connectionInfo],
  ['GET', '/health', health],
  ['GET', '/openapi.json', openapi],
];

/** What a handler finds in its context. */
export type LivekitContext = Context<LivekitEnv>;

/**
 * The routes of the endpoint, to mount in a Hono app: `app.route('/api/livekit', livekit({ store }))`. Settings are read
 * anew in each request.
 */
export function livekit<Bindings extends object = Record<string, unknown>>({
  store,
  settings: settingsOf = env,
  grants,
  rateLimit = {},
  clientAddress,
  startWith,
}: LivekitOptions<Bindings>) {
  const storeFor = typeof store === 'function' ? store : () => store;
  const cached = endpointCache();
  const endpointOf = (settings: Bindings, requestId?: string) =>
    cached(settings, { grants, store: () => storeFor(settings) }, requestId);
  if (startWith !== undefined) endpointOf(startWith as Bindings);
  const app = new Hono<LivekitEnv>();
  app.onError(answer);

  app.use(...everyAnswer, async (context, next) => {
    const settings = settingsOf(context as Context) as Bindings;
    const { endpoint, http } = endpointOf(settings, context.get('requestId'));
    context.set('endpoint', endpoint);
    context.set('http', http);
    context.set('rateLimits', () => (typeof rateLimit === 'function' ? rateLimit(settings) : rateLimit));
    context.header('Cache-Control', 'no-store');
    await next();
  });
  app.use(allowOrigins(app));
  const limit = limitAddress(clientAddress);

  for (const [method, path, ...handlers] of ROUTES) {
    app.on(method, [path], ...(path === WEBHOOK ? [] : [limit]), ...handlers);
    app.all(path, refuse(METHOD_NOT_ALLOWED, { Allow: method === 'GET' ? 'GET, HEAD' : method }));
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
