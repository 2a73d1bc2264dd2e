/** The endpoint as a process of its own: how it starts and how it stops, on Node and on Deno alike. */
import type { Hono } from 'hono';
import type { LivekitOptions } from '../app.js';
import { deployable } from '../deployable.js';
import { createLog } from '../log.js';
import type { ClientAddress } from '../middleware/client-address.js';
import { memoryRateLimits } from '../middleware/memory-rate-limit.js';
import { StoreFault } from '../stores/store.js';
import { type Address, addressOf, urlOf } from './address.js';
import { openStore } from './open-store.js';
import { Problem } from './problem.js';

/** Milliseconds that requests in flight have to finish in when the process is told to stop. */
const FINISH_MS = 10_000;
/** The name of Deno's errors about a permission that it was not given. */
const REFUSED_BY_DENO = 'NotCapable';

/** What a store is asked to see whether it answers at all. */
const NOBODY = { userId: '', tokenId: null, channelId: null, groupId: null, identity: null };

/** How a process differs from one that only its environment describes. */
export interface ProcessOptions extends Partial<LivekitOptions> {
  /** The settings, read anew in each request unless frozen; the environment of the process, as it is now, unless set. */
  env?: object;
}

/** What answers requests; the second argument is what the server says of the connection. */
export type Handler = (request: Request, connection?: object) => Response | Promise<Response>;

/** A server that listens. */
export interface Listening {
  readonly address: Address;
  /** Takes no new connection, and resolves when all requests are answered. */
  finish(): Promise<void>;
  /** Waits no longer: `finish` resolves, whatever is still under way. */
  cutOff(): void;
}

/** What differs between runtimes. */
export interface Platform {
  env(): object;
  clientAddress: ClientAddress;
  listen(handler: Handler, address: Address): Promise<Listening>;
  /** Calls back whenever the process is told to stop. */
  onStop(stop: () => void): void;
  exit(code: number): never;
}

/** A process that serves. */
export interface Running {
  readonly url: string;
  /** Answers what was asked, closes the store, and leaves the process to its end. */
  stop(): Promise<void>;
}

/**
 * The app that a process serves, to be mounted in another or served by other means. The store is opened, and the
 * configuration checked, now. Rejects if the database file cannot be used.
 */
export async function createApp(platform: Platform, options: ProcessOptions = {}): Promise<Hono> {
  return (await prepare(platform, options)).app;
}

/**
 * Serves until the process is told to stop (SIGTERM, SIGINT), then finishes what was asked and exits with code 0. What
 * keeps it from starting is logged in a sentence, and the exit code is 1.
 */
export async function serve(platform: Platform, options: ProcessOptions = {}): Promise<Running> {
  let log = createLog('info');
  try {
    const env = options.env ?? environment(platform);
    log = createLog((env as Record<string, unknown>)['LOG_LEVEL']);
    const address = addressOf(env);
    const { app, store } = await prepare(platform, { ...options, env });
    const server = await listen(platform, app.fetch, address);
    const url = urlOf(server.address);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= finish(server).then(() => store?.close());
      return stopped;
    };
    platform.onStop(async () => {
      log.info('Stopping');
      await stop();
      platform.exit(0);
    });
    log.info(`Listening on ${url}`);
    store?.facts(NOBODY).catch(({ name }: Error) => {
      log.warn('The store does not answer yet: requests are answered 503 until it does', { error: name });
    });
    store?.unread?.().then(
      (names) => {
        if (names.length > 0) log.warn('The database has something about permissions that is not read', { names });
      },
      // A store that does not answer has said so above.
      () => {},
    );
    return { url, stop };
  } catch (error) {
    log.error(sentence(error));
    return platform.exit(1);
  }
}

async function finish(server: Listening): Promise<void> {
  const timer = setTimeout(() => server.cutOff(), FINISH_MS);
  await server.finish();
  clearTimeout(timer);
}

async function prepare(platform: Platform, { env, ...options }: ProcessOptions) {
  const startWith = env ?? environment(platform);
  const opened = needsStore(options, startWith) ? await openStore(startWith) : undefined;
  const store = options.store ?? opened;
  const settings = () => startWith;
  const { clientAddress } = platform;
  const app = deployable({ settings, startWith, rateLimit: memoryRateLimits(), clientAddress, ...options, store });
  return { app, store: opened };
}

/** An application that authorizes itself has a database only if a setting names one. */
const needsStore = ({ store, authorize }: ProcessOptions, env: object): boolean =>
  store === undefined && (authorize === undefined || DATABASES.some((name) => Reflect.get(env, name)));

const DATABASES = ['DATABASE_URL', 'SQLITE_PATH'];

/** The environment of the process as it is at the start: to ask for it costs a request as much as its token. */
const environment = (platform: Platform): object => Object.freeze({ ...platform.env() });

/** What a runtime says of a place where one cannot listen names it, and nothing else. */
async function listen(platform: Platform, handler: Handler, address: Address): Promise<Listening> {
  try {
    return await platform.listen(handler, address);
  } catch (error) {
    const { name, code } = error as { name?: string; code?: string };
    if (name === REFUSED_BY_DENO) throw error;
    throw new Problem(`Cannot listen on ${urlOf(address)} (${code ?? name}): set HOST and PORT to a free address`);
  }
}

/** Errors that neither we nor Deno wrote may hold a secret: only their kind is told. */
function sentence(error: unknown): string {
  if (error instanceof Problem || error instanceof StoreFault) return error.message;
  if (!(error instanceof Error)) return 'Cannot start';
  return error.name === REFUSED_BY_DENO ? `Deno refused: ${error.message}` : `Cannot start: ${error.name}`;
}
