/**
 * The endpoint. Read this first: a request for a token passes authenticate → authorize → issue, in `routes/token.ts`. An
 * application answers the first two itself (`hooks.ts`), or user tokens (`authenticate.ts`) and Kraken's tables (`rbac/`)
 * do.
 *
 * This file wires what all routes share: limits, errors, the policy, and which method goes where. It alone knows Kraken's
 * policy, which is the default.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { env } from 'hono/adapter';
import { createException, internalError, type LivekitException } from '../exception.js';
import type { Hooks, LivekitContext, LivekitEnv, LivekitHandler, Route } from './context.js';
import { endpointCache } from './endpoint.js';
import { notFound } from './errors.js';
import { type Authenticate, type Authorize, type Caller, PRIVILEGED_GRANTS, type PrivilegedGrant } from './hooks.js';
import { isWorker } from './is-worker.js';
import type { ChooseServer, LivekitServer } from './livekit/servers.js';
import type { ClientAddress } from './middleware/client-address.js';
import { cors, preflight } from './middleware/cors.js';
import { everyAnswer } from './middleware/every-answer.js';
import { addressLimit } from './middleware/rate-limit.js';
import type { RateLimits } from './middleware/rate-limiter.js';
import { ownPolicy } from './own-policy.js';
import type { Policy } from './policy.js';
import { type PresenceEvents, presenceTimes } from './presence/events-option.js';
import { noFeeds, type PresenceFeeds } from './presence/feeds.js';
import { memoryFeeds } from './presence/local-feeds.js';
import type { Grants } from './rbac/grants.js';
import { krakenPolicy } from './rbac/policy.js';
import { removeRefused } from './rbac/refused.js';
import { krakenRoutes, syncRoutes } from './rbac/routes.js';
import { connectionInfo } from './routes/connection-info.js';
import { health } from './routes/health.js';
import { livez } from './routes/livez.js';
import { openapi } from './routes/openapi.js';
import { token, tokenSource } from './routes/token.js';
import { webhook } from './routes/webhook.js';
import { moderates } from './stores/moderation.js';
import { findsRooms } from './stores/rooms.js';
import type { Store } from './stores/store.js';

/** Options of {@link livekit}: a `store`, or `authorize`, or both. */
export interface LivekitOptions<Bindings extends object = Record<string, unknown>, User extends Caller = Caller> {
  /** Finds out who sends a request; the default verifies user tokens, by the settings `JWT_*`. */
  authenticate?: Authenticate<Bindings, User> | undefined;
  /** Decides what a caller may have; the default is Kraken's policy on the `store`. */
  authorize?: Authorize<Bindings, User> | undefined;
  /**
   * Kraken's tables: users, channels, roles, and who is in which room. A function of the environment if the database is a
   * binding of it. Without it there are no direct messages, moderation, presence, recordings and sync: those routes are 404.
   */
  store?: Store | ((env: Bindings) => Store) | undefined;
  /** Is told of an error that `authenticate` or `authorize` throws; the log has its name only, for it may contain secrets. */
  onError?: ((error: unknown) => void) | undefined;
  /** Your own table of grants, in place of `LIVEKIT_GRANTS`: what a caller whom Kraken's policy lets in may do in the room. */
  grants?: Grants | undefined;
  /** Privileged grants that a permission of `authorize`, or a table of `grants`, may have, by name. */
  allowGrants?: readonly PrivilegedGrant[] | undefined;
  /** Finds the settings; the default is the environment of the runtime: a Worker's bindings, `process.env`, `Deno.env`. */
  settings?: (context: Context) => object;
  /**
   * LiveKit's servers with their keys, or a function of the environment, in place of the settings LIVEKIT_SERVERS,
   * LIVEKIT_URL and so on.
   */
  servers?: readonly LivekitServer[] | ((env: Bindings) => readonly LivekitServer[]) | undefined;
  /** Names the server that a room is on, in place of rendezvous hashing. Timeout and errors are those of `authorize`. */
  chooseServer?: ((room: string, env: Bindings) => ReturnType<ChooseServer>) | undefined;
  /** Rate limits; a function of the environment if the counters are bindings of it. The default is no limit. */
  rateLimit?: RateLimits | ((env: Bindings) => RateLimits);
  /**
   * Pushes changes of presence to those who watch a channel; a function of the environment if it uses a binding of it. The
   * default is {@link memoryFeeds}, and on Workers none: watching is then 503.
   */
  presenceFeeds?: PresenceFeeds | ((env: Bindings) => PresenceFeeds) | undefined;
  /** How the streams of presence keep connections open, and how often they check that the watcher may still watch. */
  presenceEvents?: PresenceEvents | undefined;
  /** Finds the address of a client, for the limit by address; CLIENT_ADDRESS_HEADER has precedence. */
  clientAddress?: ClientAddress;
  /** Settings to prepare and check now: their errors are logged at once, not in the first request. */
  startWith?: object;
}

/**
 * Not limited by address: all of LiveKit's events come from one, and a rejected event is lost; a rejected probe would restart
 * the process.
 */
const UNLIMITED: readonly string[] = ['/webhook', '/livez'];

/** Routes of every endpoint, beside those that depend on its options. */
const ROUTES: readonly Route[] = [
  ['POST', '/token', token],
  ['POST', '/token-source', tokenSource],
  ['GET', '/connection-info', connectionInfo],
  ['GET', '/health', health],
  ['GET', '/livez', livez],
];

/**
 * The endpoint, to mount in a Hono app: `app.route('/api/livekit', livekit({ store }))`. It answers every path below, so that
 * a route of yours there must come before it. Settings are parsed in each request, unless they are a frozen object.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono';
 * import { livekit } from 'livekit-edge/server';
 *
 * const endpoint = livekit({
 *   authenticate: (request) => (request.headers.get('X-User') === 'alice' ? { userId: 'alice' } : null),
 *   authorize: ({ userId }, { room }) => ({ room, identity: userId, grants: { canPublish: true } }),
 * });
 * export default new Hono().route('/api/livekit', endpoint);
 * ```
 *
 * @throws LivekitException with code `not_configured` for invalid options
 */
export function livekit<Bindings extends object = Record<string, unknown>, User extends Caller = Caller>(
  options: LivekitOptions<Bindings, User>,
): Hono {
  const app = everyAnswer(new Hono()).route('/', routes(options));
  // An app that is mounted answers by the `notFound` of the one around it.
  app.all('*', () => {
    throw notFound();
  });
  return app;
}

/** The routes alone, for an app with {@link everyAnswer}. Throws if the options are wrong. */
export function routes<Bindings extends object, User extends Caller>(options: LivekitOptions<Bindings, User>) {
  checkOptions(options);
  const {
    authenticate,
    authorize,
    onError,
    store,
    // Without bindings a Worker has no environment.
    settings: settingsOf = (context) => env(context) ?? {},
    grants,
    allowGrants = [],
    servers,
    chooseServer,
    rateLimit = {},
    presenceFeeds = isWorker() ? noFeeds : memoryFeeds(),
    presenceEvents,
    clientAddress,
    startWith,
  } = options;
  const cached = endpointCache({
    allowGrants: [...allowGrants],
    usesUserTokens: authenticate === undefined,
    servers:
      servers === undefined ? undefined : (env) => (typeof servers === 'function' ? servers(env as Bindings) : servers),
  });
  const storeOf = (settings: Bindings) =>
    typeof store === 'function' ? () => store(settings) : store && (() => store);
  const feedsOf = (settings: Bindings) =>
    typeof presenceFeeds === 'function' ? presenceFeeds(settings) : presenceFeeds;
  const endpointOf = (settings: Bindings, requestId?: string) =>
    cached(
      settings,
      {
        store: storeOf(settings),
        chooseServer: chooseServer && ((room) => chooseServer(room, settings)),
        presenceFeeds: () => feedsOf(settings),
      },
      requestId,
    );
  if (startWith !== undefined) endpointOf(startWith as Bindings);
  const hooksOf = (settings: Bindings, context: LivekitContext): Hooks => ({
    onError,
    authenticate: authenticate && ((request) => authenticate(request, settings, context as Context)),
  });
  const kraken = krakenPolicy(grants);
  const times = presenceTimes(presenceEvents);
  const policyOf = (settings: Bindings, context: LivekitContext): Policy =>
    authorize === undefined
      ? kraken
      : ownPolicy((caller, ask) => authorize(caller as User, ask, settings, context as Context), onError);

  /** Finds the endpoint of the settings. A thrown value that is not an `Error` becomes one, since Hono catches errors only. */
  const prepare: MiddlewareHandler<LivekitEnv> = async (context, next) => {
    try {
      const settings = settingsOf(context as Context) as Bindings;
      const { endpoint, http, isHealthy } = endpointOf(settings, context.get('requestId'));
      context.set('endpoint', endpoint);
      context.set('http', http);
      context.set('isHealthy', isHealthy);
      context.set('hooks', hooksOf(settings, context));
      context.set('policy', policyOf(settings, context));
      context.set('presenceFeeds', () => feedsOf(settings));
      context.set('presenceTimes', times);
      context.set('rateLimits', () => (typeof rateLimit === 'function' ? rateLimit(settings) : rateLimit));
      await next();
    } catch (error) {
      throw error instanceof Error ? error : internalError(error);
    }
  };

  // Of a store that is opened for each request, only the request finds out.
  const isModerated = typeof store === 'function' || (store !== undefined && moderates(store));
  // What an application's own `authorize` would say of those who are in a room already is not known.
  const syncs = authorize === undefined && (typeof store === 'function' || (store !== undefined && findsRooms(store)));
  const documentOptions = {
    hasStore: store !== undefined,
    moderates: isModerated,
    syncs,
    ownAuthenticate: authenticate !== undefined,
    ownAuthorize: authorize !== undefined,
    choosesServer: chooseServer !== undefined,
  };
  const ofOptions: readonly Route[] = [
    ['POST', '/webhook', webhook(removeRefused)],
    ['GET', '/openapi.json', openapi(documentOptions)],
    ...(store === undefined ? [] : krakenRoutes(kraken, isModerated)),
    ...(syncs ? syncRoutes(grants) : []),
  ];
  const app = new Hono<LivekitEnv>();
  app.use('*', prepare, cors);
  const limitAddress = addressLimit(clientAddress);
  const all = [...ROUTES, ...ofOptions];
  for (const [method, path, handle] of all) {
    if (!UNLIMITED.includes(path)) app.on(method, [path], limitAddress);
    app.on(method, [path], handle);
  }
  for (const path of new Set(all.map(([, path]) => path))) {
    const ofPath = all.filter(([, other]) => other === path);
    const methods = ofPath.flatMap(([method]) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
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

/** The options that are functions, where they are set. */
const FUNCTIONS = [
  'authenticate',
  'authorize',
  'onError',
  'grants',
  'settings',
  'chooseServer',
  'clientAddress',
] as const;
const OTHERS = [
  'store',
  'allowGrants',
  'servers',
  'rateLimit',
  'presenceFeeds',
  'presenceEvents',
  'startWith',
] as const;

/** A misspelt option would be another policy than the application meant. */
function checkOptions(options: object): void {
  const given: Record<string, unknown> = { ...Object(options) };
  const names: readonly string[] = [...FUNCTIONS, ...OTHERS];
  if (!Object.keys(given).every((name) => names.includes(name))) {
    throw wrongOption(`livekit() has an unknown option: the options are ${names.join(', ')}`);
  }
  for (const name of FUNCTIONS) {
    if (!['undefined', 'function'].includes(typeof given[name])) throw wrongOption(`${name} must be a function`);
  }
  const { store, authorize, grants, allowGrants = [], rateLimit = {}, presenceFeeds } = given;
  if (authorize !== undefined && grants !== undefined) {
    throw wrongOption('grants has no effect beside authorize: pass it to kraken(store, { grants })');
  }
  if (store === undefined && authorize === undefined) throw wrongOption('livekit() needs a store or authorize');
  const isAllowed = (name: unknown) => PRIVILEGED_GRANTS.some((known) => known === name);
  if (!Array.isArray(allowGrants) || !allowGrants.every(isAllowed)) {
    throw wrongOption(`allowGrants must be a list of ${PRIVILEGED_GRANTS.join(', ')}`);
  }
  if (!['undefined', 'function'].includes(typeof presenceFeeds) && !areFeeds(presenceFeeds)) {
    throw wrongOption('presenceFeeds must be those of memoryFeeds, postgresFeeds or durableFeeds');
  }
  if (typeof rateLimit !== 'function' && !areLimits(rateLimit)) {
    throw wrongOption('rateLimit must be { user, address }, each an object with a function limit');
  }
}

const areLimits = (limits: unknown): boolean =>
  typeof limits === 'object' &&
  limits !== null &&
  Object.entries(limits).every(
    ([name, limiter]) =>
      ['user', 'address'].includes(name) && (limiter === undefined || typeof Object(limiter).limit === 'function'),
  );

const areFeeds = (feeds: unknown): boolean =>
  ['changed', 'watch'].every((name) => typeof Object(feeds)[name] === 'function');

const wrongOption = (message: string): LivekitException => createException('not_configured', message);
