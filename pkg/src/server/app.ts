/**
 * The endpoint. Read this first: a request for a token passes authenticate → authorize → grant, in `routes/token.ts`;
 * the last two are one call of the rules where no table of an application's own comes between.
 *
 * This file holds what all routes share: limits, errors, and which method goes where.
 */
import { type Context, Hono } from 'hono';
import { env } from 'hono/adapter';
import type { LivekitEnv, LivekitHandler } from './context.js';
import { endpointCache } from './endpoint.js';
import { METHOD_NOT_ALLOWED, NOT_FOUND } from './errors.js';
import type { ChooseServer, LivekitServer } from './livekit/servers.js';
import type { ClientAddress } from './middleware/client-address.js';
import { allowOrigins } from './middleware/cors.js';
import { answering } from './middleware/every-answer.js';
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
  /** LiveKit's servers, in place of the settings LIVEKIT_SERVERS, LIVEKIT_URL and so on; a function of the environment with their keys. */
  servers?: readonly LivekitServer[] | ((env: Bindings) => readonly LivekitServer[]);
  /** Names the server that a room is on, in place of rendezvous hashing. */
  chooseServer?: (room: string, env: Bindings) => ReturnType<ChooseServer>;
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
 * The routes of the endpoint, to mount in a Hono app: `app.route('/api/livekit', livekit({ store }))`. Settings are read
 * anew in each request, unless they are a frozen object.
 */
export function livekit<Bindings extends object = Record<string, unknown>>({
  store,
  settings: settingsOf = env,
  grants,
  servers,
  chooseServer,
  rateLimit = {},
  clientAddress,
  startWith,
}: LivekitOptions<Bindings>) {
  const storeFor = typeof store === 'function' ? store : () => store;
  const serversOf = typeof servers === 'function' ? servers : () => servers;
  const cached = endpointCache(servers === undefined ? undefined : (env) => serversOf(env as Bindings));
  const endpointOf = (settings: Bindings, requestId?: string) => {
    const choose = chooseServer === undefined ? undefined : (room: string) => chooseServer(room, settings);
    return cached(settings, { grants, chooseServer: choose, store: () => storeFor(settings) }, requestId);
  };
  if (startWith !== undefined) endpointOf(startWith as Bindings);
  const app = new Hono<LivekitEnv>();
  const limitAddress = addressLimit(clientAddress);

  /** What all routes share, and then `handle`. */
  const route = (handle: LivekitHandler): LivekitHandler =>
    answering((context) => {
      const settings = settingsOf(context as Context) as Bindings;
      const { endpoint, http } = endpointOf(settings, context.get('requestId'));
      context.set('endpoint', endpoint);
      context.set('http', http);
      context.set('rateLimits', () => (typeof rateLimit === 'function' ? rateLimit(settings) : rateLimit));
      context.get('headers')['Cache-Control'] = 'no-store';
      return allowOrigins(context, app) ?? handle(context);
    });
  const limited =
    (handle: LivekitHandler): LivekitHandler =>
    async (context) => {
      await limitAddress(context);
      return handle(context);
    };

  for (const [method, path, handle] of ROUTES) {
    app.on(method, [path], route(path === WEBHOOK ? handle : limited(handle)));
    app.all(path, route(refuse(METHOD_NOT_ALLOWED, { Allow: method === 'GET' ? 'GET, HEAD' : method })));
  }
  app.all('*', route(refuse(NOT_FOUND)));
  return app;
}

function refuse(error: Error, headers: Record<string, string> = {}): LivekitHandler {
  return (context) => {
    Object.assign(context.get('headers'), headers);
    throw error;
  };
}
