/** Starts and stops the endpoint as a process, on Node and Deno. */
import type { Hono } from 'hono';
import type { LivekitOptions } from '../app.js';
import { deployable } from '../deployable.js';
import { createLog, createLogFrom, type Log } from '../log.js';
import type { ClientAddress } from '../middleware/client-address.js';
import { memoryRateLimits } from '../middleware/memory-rate-limit.js';
import { isCountable, postgresRateLimits } from '../middleware/postgres-rate-limit.js';
import type { PresenceFeeds } from '../presence/feeds.js';
import { memoryFeeds } from '../presence/local-feeds.js';
import { tellFeeds } from '../presence/tell-feeds.js';
import { PROBE, StoreFault } from '../stores/store.js';
import { withTimeout } from '../timeout.js';
import { type Address, parseAddress, toUrl } from './address.js';
import { openFeeds, openStore } from './open-store.js';
import { Problem } from './problem.js';
import { type Every, reconcileEvery } from './reconcile-timer.js';

/** Milliseconds for requests in progress to finish when the process is stopped. */
const FINISH_MS = 10_000;
/** Name of Deno's error for a missing permission. */
const REFUSED_BY_DENO = 'NotCapable';

/** Options of a process, besides its environment. */
export interface ProcessOptions extends Partial<LivekitOptions> {
  /**
   * The settings; the default is the environment of the process at startup. They are parsed in each request, unless the
   * object is frozen.
   */
  env?: object;
  /**
   * The prefix of the app's paths, instead of `/api/livekit` and `/livekit`. Use `/` if a framework has already removed
   * the prefix.
   */
  prefix?: string | undefined;
  /** Seconds between comparisons of presence with LiveKit; the default is 60, 0 turns them off. */
  reconcileSeconds?: number | undefined;
}

/** Handles requests. The second argument is the server's information about the connection. */
export type Handler = (request: Request, connection?: object) => Response | Promise<Response>;

/** A listening server. */
export interface Listening {
  readonly address: Address;
  /** Stops accepting connections, and resolves when all requests are answered. */
  finish(): Promise<void>;
  /** Makes `finish` resolve immediately, even with requests in progress. */
  cutOff(): void;
}

/** The differences between runtimes. */
export interface Platform {
  env(): object;
  clientAddress: ClientAddress;
  listen(handler: Handler, address: Address): Promise<Listening>;
  /** Calls a function repeatedly, without keeping the process running. */
  every: Every;
  /** Calls `stop` on each signal to stop. */
  onStop(stop: () => void): void;
  exit(code: number): never;
  /** How the operator sets the address, for error messages; the default is `HOST and PORT`. */
  addressNames?: string;
}

/** A running endpoint. */
export interface Running {
  /** URL that it listens on. */
  readonly url: string;
  /** Finishes the requests in progress and closes the store. It does not exit the process. */
  stop(): Promise<void>;
}

/**
 * Creates the app that {@link serve} serves, to mount it in another app or to serve it in another way. It opens the
 * store and checks the settings. Rejects if the database file cannot be used.
 */
export async function createApp(platform: Platform, options: ProcessOptions = {}): Promise<Hono> {
  return (await prepare(platform, options)).app;
}

/**
 * Serves until SIGTERM or SIGINT, then finishes the requests in progress and exits with code 0. An error at startup is
 * logged in one sentence, and the exit code is 1.
 */
export async function serve(platform: Platform, options: ProcessOptions = {}): Promise<Running> {
  let log = createLog('info');
  try {
    const env = options.env ?? environment(platform);
    log = createLogFrom(env);
    const address = parseAddress(env);
    const { app, store, feeds, endTimer, tellLimits } = await prepare(platform, { ...options, env });
    const server = await listen(platform, app.fetch, address);
    const url = toUrl(server.address);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      endTimer();
      stopped ??= finish(server, feeds).then(() => store?.close());
      return stopped;
    };
    platform.onStop(async () => {
      log.info('Stopping');
      await stop();
      platform.exit(0);
    });
    log.info(`Listening on ${url}`);
    tellLimits(log);
    store?.facts(PROBE).catch(({ name }: Error) => {
      log.warn('The store does not answer yet: requests are answered 503 until it does', { error: name });
    });
    store?.unread?.().then(
      (names) => {
        if (names.length > 0)
          log.warn('The database has unknown tables, columns or values about permissions, which are ignored', {
            names,
          });
      },
      // Ignored: a store that does not answer is already logged above.
      () => {},
    );
    return { url, stop };
  } catch (error) {
    log.error(sentence(error));
    return platform.exit(1);
  }
}

/** Ends the presence streams, then waits for all other requests. */
async function finish(server: Listening, feeds: PresenceFeeds | undefined): Promise<void> {
  const timer = setTimeout(() => server.cutOff(), FINISH_MS);
  const finished = server.finish();
  // Feeds of the application that fail, or do not end, must not prevent the stop.
  await withTimeout<void>(
    FINISH_MS,
    async () => feeds?.close?.(),
    () => {},
  ).catch(() => {});
  await finished;
  clearTimeout(timer);
}

async function prepare(platform: Platform, { env, prefix, reconcileSeconds, ...options }: ProcessOptions) {
  const startWith = env ?? environment(platform);
  const opened = needsStore(options, startWith) ? await openStore(startWith) : undefined;
  const store = options.store ?? opened;
  const presenceFeeds = options.presenceFeeds ?? (opened === undefined ? memoryFeeds() : await openFeeds(startWith));
  const settings = () => startWith;
  const { clientAddress } = platform;
  const isShared = isCountable(store);
  const rateLimit = isShared ? postgresRateLimits(store) : memoryRateLimits();
  const app = deployable({ settings, startWith, rateLimit, clientAddress, ...options, store, presenceFeeds }, prefix);
  const tellLimits = (log: Log) => {
    if ('rateLimit' in options) return;
    // Creates the limiters now, so that the log soon says whether PostgreSQL counts.
    const { user, address } = rateLimit(startWith);
    const isLimited = user !== undefined || address !== undefined;
    if (isLimited && !isShared) log.info('Rate limits are counted in this process');
  };
  const feeds = typeof presenceFeeds === 'function' ? undefined : presenceFeeds;
  const onChange = tellFeeds(
    () => (typeof presenceFeeds === 'function' ? presenceFeeds(startWith as Record<string, unknown>) : presenceFeeds),
    createLogFrom(startWith),
  );
  const compared = { ...options, onChange };
  const endTimer =
    store === undefined
      ? () => {}
      : reconcileEvery(platform.every, reconcileSeconds, startWith, { ...compared, store });
  return { app, store: opened, feeds, endTimer, tellLimits };
}

/** True if a store must be opened. An application with its own `authorize` gets one only if a setting names it. */
const needsStore = ({ store, authorize }: ProcessOptions, env: object): boolean =>
  store === undefined && (authorize === undefined || DATABASES.some((name) => Reflect.get(env, name)));

const DATABASES = ['DATABASE_URL', 'SQLITE_PATH'];

/** Copies the environment at startup, because reading it takes as long as issuing a token. */
const environment = (platform: Platform): object => Object.freeze({ ...platform.env() });

/** Listens, and converts an error into one with the address and the error's code. */
async function listen(platform: Platform, handler: Handler, address: Address): Promise<Listening> {
  try {
    return await platform.listen(handler, address);
  } catch (error) {
    const { name, code } = error as { name?: string; code?: string };
    if (name === REFUSED_BY_DENO) throw error;
    const { addressNames = 'HOST and PORT' } = platform;
    throw new Problem(`Cannot listen on ${toUrl(address)} (${code ?? name}): set ${addressNames} to a free address`);
  }
}

/**
 * Returns the sentence to log for an error. For an error of another library it contains only the name, because the
 * message may contain secrets.
 */
function sentence(error: unknown): string {
  if (error instanceof Problem || error instanceof StoreFault) return error.message;
  if (!(error instanceof Error)) return 'Cannot start';
  return error.name === REFUSED_BY_DENO ? `Deno refused: ${error.message}` : `Cannot start: ${error.name}`;
}
