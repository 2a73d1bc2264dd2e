/**
 * The endpoint as a Deno process or on Deno Deploy: `await serve()`. The environment contains the settings: `HOST` and
 * `PORT` are the address, `DATABASE_URL` or else `SQLITE_PATH` the store. It requires Deno 2.2 or newer with
 * `--allow-net`, `--allow-env` and, for a SQLite file, `--allow-read` and `--allow-write`.
 *
 * @example
 * ```ts
 * import { serve } from 'livekit-edge/deno';
 *
 * const { url } = await serve();
 * console.log(url);
 * ```
 *
 * @module livekit-edge/deno
 */
import type { Hono } from 'hono';
import type { Address } from './server/process/address.js';
import * as server from './server/process/process.js';

export { memoryRateLimits } from './server/middleware/memory-rate-limit.js';
export { postgresRateLimits } from './server/middleware/postgres-rate-limit.js';
export { type OpenStore, openStore } from './server/process/open-store.js';
export type { ProcessOptions, Running } from './server/process/process.js';

interface Connection {
  readonly remoteAddr: Address;
}

interface DenoServer {
  readonly addr: Address;
  shutdown(): Promise<void>;
}

/** The used part of Deno's API. */
declare const Deno: {
  env: { toObject(): Record<string, string> };
  serve(options: Address & { onListen(): void }, handler: server.Handler): DenoServer;
  unrefTimer(timer: unknown): void;
  addSignalListener(signal: string, listener: () => void): void;
  exit(code: number): never;
};

const platform: server.Platform = {
  env: () => Deno.env.toObject(),
  clientAddress: (context) => (context.env as Connection).remoteAddr.hostname,
  async listen(handler, address) {
    const server = Deno.serve({ ...address, onListen() {} }, handler);
    // `shutdown` waits for open connections and cannot close them; the end of the process closes them.
    const { promise: cut, resolve: cutOff } = Promise.withResolvers<void>();
    return { address: server.addr, finish: () => Promise.race([server.shutdown(), cut]), cutOff };
  },
  every(milliseconds, work) {
    const timer = setInterval(work, milliseconds);
    Deno.unrefTimer(timer);
    return () => clearInterval(timer);
  },
  onStop(stop) {
    for (const signal of ['SIGTERM', 'SIGINT']) {
      try {
        Deno.addSignalListener(signal, stop);
      } catch {
        // Deno Deploy has no signals, and Windows no SIGTERM.
      }
    }
  },
  exit: (code) => Deno.exit(code),
};

/**
 * Creates the app that {@link serve} serves, to mount it in another app or to serve it in another way. It opens the
 * store and checks the settings. Rejects if the database file cannot be used.
 */
export const createApp = (options?: server.ProcessOptions): Promise<Hono> => server.createApp(platform, options);

/**
 * Serves until SIGTERM or SIGINT, then finishes the requests in progress and exits with code 0. An error at startup is
 * logged in one sentence, and the exit code is 1.
 */
export const serve = (options?: server.ProcessOptions): Promise<server.Running> => server.serve(platform, options);
