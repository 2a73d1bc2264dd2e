/**
 * The endpoint. A token request passes three steps in `routes/token.ts`: authenticate, authorize, issue. The
 * application can provide the first two as functions (`hooks.ts`). The defaults are user tokens (`authenticate.ts`) and
 * Kraken's tables (`rbac/`).
 *
 * This file configures what all routes share: limits, errors, the policy, and methods. Outside of `rbac/`, only this
 * file imports Kraken's policy, the default.
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
  /** Authenticates the caller of a request; the default verifies user tokens by the settings `JWT_*`. */
  authenticate?: Authenticate<Bindings, User> | undefined;
  /** Decides the permission of a caller; the default is Kraken's policy on the `store`. */
  authorize?: Authorize<Bindings, User> | undefined;
  /**
   * Kraken's tables: users, channels, roles and presence; or a function of the environment, if the database is a
   * binding. Without a store, the routes for direct messages, moderation, presence, recordings and sync are 404.
   */
  store?: Store | ((env: Bindings) => Store) | undefined;
  /**
   * Called with an error that `authenticate` or `authorize` throws. The log contains only its name, because it may
   * contain secrets.
   */
  onError?: ((error: unknown) => void) | undefined;
  /** Decides the grants of a caller whom Kraken's policy allows to join, instead of `LIVEKIT_GRANTS`. */
  grants?: Grants | undefined;
  /** Names of privileged grants that `authorize` or `grants` may return. */
  allowGrants?: readonly PrivilegedGrant[] | undefined;
  /**
   * Returns the settings; the default is the environment of the runtime: a Worker's bindings, `process.env`,
   * `Deno.env`.
   */
  settings?: (context: Context) => object;
  /**
   * LiveKit's servers with their keys, or a function of the environment, instead of the settings LIVEKIT_SERVERS,
   * LIVEKIT_URL and so on.
   */
  servers?: readonly LivekitServer[] | ((env: Bindings) => readonly LivekitServer[]) | undefined;
  /** Returns the name of a room's server, instead of rendezvous hashing. Timeout and errors are as for `authorize`. */
  chooseServer?: ((room: string, env: Bindings) => ReturnType<ChooseServer>) | undefined;
  /** Rate limits, or a function of the environment, if the counters are bindings. The default is no limit. */
  rateLimit?: RateLimits | ((env: Bindings) => RateLimits);
  /**
   * Pushes changes of presence to the clients that watch a channel; or a function of the environment, if it uses a
   * binding. The default is {@link memoryFeeds}. On Workers there is no default: watching is then 503.
   */
  presenceFeeds?: PresenceFeeds | ((env: Bindings) => PresenceFeeds) | undefined;
  /** How often presence streams send a heartbeat, and check that the client may still watch. */
  presenceEvents?: PresenceEvents | undefined;
  /** Returns the address of a client, for the limit by address. CLIENT_ADDRESS_HEADER has precedence. */
  clientAddress?: ClientAddress;
  /** Settings to check immediately, so that their errors are logged at startup instead of in the first request. */
  startWith?: object;
}

/**
 * Routes without a limit by address: all webhooks come from one address, and a rejected one is lost; a rejected
 * liveness probe would restart the process.
 */
const UNLIMITED: readonly string[] = ['/webhook', '/livez'];

/** Routes of every endpoint. Others depend on the options. */
const ROUTES: readonly Route[] = [
  ['POST', '/token', token],
  ['POST', '/token-source', tokenSource],
  ['GET', '/connection-info', connectionInfo],
  ['GET', '/health', health],
  ['GET', '/livez', livez],
];

/**
 * Creates the endpoint, to mount in a Hono app: `app.route('/api/livekit', livekit({ store }))`. It answers every path
 * below, so that routes of the application there must be added before it. Settings are parsed in each request, unless
 * they are a frozen object.
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
  // Hono ignores the `notFound` handler of a mounted app.
  app.all('*', () => {
    throw notFound();
  });
  return app;
}

/** Creates the routes, for an app with {@link everyAnswer}. Throws if the options are invalid. */
export function routes<Bindings extends object, User extends Caller>(options: LivekitOptions<Bindings, User>) {
  checkOptions(options);
  const {
    authenticate,
    authorize,
    onError,
    store,
    // A Worker that calls the app without bindings has no environment.
    settings: settingsFor = (context) => env(context) ?? {},
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
  const storeFor = (settings: Bindings) =>
    typeof store === 'function' ? () => store(settings) : store && (() => store);
  const feedsFor = (settings: Bindings) =>
    typeof presenceFeeds === 'function' ? presenceFeeds(settings) : presenceFeeds;
  const endpointFor = (settings: Bindings, requestId?: string) =>
    cached(
      settings,
      {
        store: storeFor(settings),
        chooseServer: chooseServer && ((room) => chooseServer(room, settings)),
        presenceFeeds: () => feedsFor(settings),
      },
      requestId,
    );
  if (startWith !== undefined) endpointFor(startWith as Bindings);
  const hooksFor = (settings: Bindings, context: LivekitContext): Hooks => ({
    onError,
    authenticate: authenticate && ((request) => authenticate(request, settings, context as Context)),
  });
  const kraken = krakenPolicy(grants);
  const times = presenceTimes(presenceEvents);
  const policyFor = (settings: Bindings, context: LivekitContext): Policy =>
    authorize === undefined
      ? kraken
      : ownPolicy((caller, ask) => authorize(caller as User, ask, settings, context as Context), onError);

  /**
   * Prepares the endpoint for the settings. A thrown value that is not an `Error` becomes one, because Hono only
   * catches errors.
   */
  const prepare: MiddlewareHandler<LivekitEnv> = async (context, next) => {
    try {
      const settings = settingsFor(context as Context) as Bindings;
      const { endpoint, http, isHealthy } = endpointFor(settings, context.get('requestId'));
      context.set('endpoint', endpoint);
      context.set('http', http);
      context.set('isHealthy', isHealthy);
      context.set('hooks', hooksFor(settings, context));
      context.set('policy', policyFor(settings, context));
      context.set('presenceFeeds', () => feedsFor(settings));
      context.set('presenceTimes', times);
      context.set('rateLimits', () => (typeof rateLimit === 'function' ? rateLimit(settings) : rateLimit));
      await next();
    } catch (error) {
      throw error instanceof Error ? error : internalError(error);
    }
  };

  // For a store that is opened for each request, the request checks it.
  const isModerated = typeof store === 'function' || (store !== undefined && moderates(store));
  // Sync needs Kraken's rules: an `authorize` function of the application cannot be called without a request.
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

/** Options that must be functions if they are set. */
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

/** Rejects unknown options, because a misspelled one would silently select another policy. */
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
    throw wrongOption('grants has no effect together with authorize: pass it to kraken(store, { grants })');
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
