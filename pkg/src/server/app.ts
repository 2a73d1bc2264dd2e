/**
 * The endpoint. Read this first: a request for a token passes authenticate → authorize → grant, in `routes/token.ts`;
 * the last two are one call of the rules where no table of an application's own comes between.
 *
 * This file holds what all routes share: limits, errors, and which method goes where.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { env } from 'hono/adapter';
import { createException, internalError } from '../exception.js';
import type { LivekitEnv, LivekitHandler } from './context.js';
import { endpointCache } from './endpoint.js';
import { notFound } from './errors.js';
import type { ClientAddress } from './middleware/client-address.js';
import { cors, preflight } from './middleware/cors.js';
import { everyAnswer } from './middleware/every-answer.js';
import { addressLimit } from './middleware/rate-limit.js';
import type { RateLimits } from './middleware/rate-limiter.js';
import type { Grants } from './rbac/granted.js';
import { connectionInfo } from './routes/connection-info.js';
import { health } from './routes/health.js';
import { muteParticipant } from './routes/mute-participant.js';
import { openapi } from './routes/openapi.js';
import { dmToken, token, tokenSource } from './routes/token.js';
import { voicePresence } from './routes/voice-presence.js';
import { webhook } from './routes/webhook.js';
import type { Store } from './stores/store.js';

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

/** All of LiveKit's events come from one address, and one that is refused is lost: its signature is limit enough. */
const WEBHOOK = '/webhook';

/** Every route: its method, its path, and what answers there. */
const ROUTES: readonly [method: 'GET' | 'POST', path: string, handler: LivekitHandler][] = [
  ['POST', '/token', token],
  ['POST', '/dm-token', dmToken],
  ['POST', '/token-source', tokenSource],
  ['POST', '/channels/:channelId/mute-participant', muteParticipant],
  ['GET', '/channels/:channelId/voice-presence', voicePresence],
  ['POST', WEBHOOK, webhook],
  ['GET', '/connection-info', connectionInfo],
  ['GET', '/health', health],
  ['GET', '/openapi.json', openapi],
];

/**
 * The endpoint, to mount in a Hono app: `app.route('/api/livekit', livekit({ store }))`. It answers every path below, so that
 * a route of yours there must come before it. Settings are read anew in each request, unless they are a frozen object.
 */
export function livekit<Bindings extends object = Record<string, unknown>>(options: LivekitOptions<Bindings>) {
  const app = everyAnswer(new Hono<LivekitEnv>()).route('/', routes(options));
  // An app that is mounted answers by the `notFound` of the one around it.
  app.all('*', () => {
    throw notFound();
  });
  return app;
}

/** The routes alone, for an app with {@link everyAnswer}. */
export function routes<Bindings extends object>({
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

  /** Finds the endpoint of the settings. What else than an error a function of the application throws becomes one. */
  const prepare: MiddlewareHandler<LivekitEnv> = async (context, next) => {
    try {
      const settings = settingsOf(context as Context) as Bindings;
      const { endpoint, http } = endpointOf(settings, context.get('requestId'));
      context.set('endpoint', endpoint);
      context.set('http', http);
      context.set('rateLimits', () => (typeof rateLimit === 'function' ? rateLimit(settings) : rateLimit));
      await next();
    } catch (error) {
      throw error instanceof Error ? error : internalError(error);
    }
  };

  const app = new Hono<LivekitEnv>();
  app.use('*', prepare, cors);
  const limitAddress = addressLimit(clientAddress);
  for (const [method, path, handle] of ROUTES) {
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
    if (path !== WEBHOOK) app.on(method, [path], limitAddress);
    app.on(method, [path], handle);
    app.options(path, preflight(methods.join(',')));
    app.all(path, refuseMethod(methods.join(', ')));
  }
  return app;
}

const refuseMethod =
  (allowed: string): LivekitHandler =>
  (context) => {
    context.header('Allow', allowed);
    throw createException('method_not_allowed', 'Method Not Allowed');
  };
