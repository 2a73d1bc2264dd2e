/**
 * The endpoint as a Node process: `await serve()`. The environment contains the settings: `HOST` and `PORT` are the
 * address, `DATABASE_URL` or else `SQLITE_PATH` the store. It requires Node 22.13 or newer.
 *
 * @example
 * ```ts
 * import { serve } from 'livekit-edge/node';
 *
 * const { url } = await serve();
 * console.log(url);
 * ```
 *
 * @module livekit-edge/node
 */
import type { Hono } from 'hono';
import { nodePlatform } from './server/process/node-platform.js';
import * as server from './server/process/process.js';

export { memoryRateLimits } from './server/middleware/memory-rate-limit.js';
export { postgresRateLimits } from './server/middleware/postgres-rate-limit.js';
export {
  type FetchApp,
  type NodeHandler,
  type NodeRequest,
  type NodeResponse,
  nodeHandler,
} from './server/process/node-handler.js';
export { type OpenStore, openStore } from './server/process/open-store.js';
export type { ProcessOptions, Running } from './server/process/process.js';

/**
 * Creates the app that {@link serve} serves, to mount it in another app or to serve it in another way. It opens the
 * store and checks the settings. Rejects if the database file cannot be used.
 */
export const createApp = (options?: server.ProcessOptions): Promise<Hono> => server.createApp(nodePlatform, options);

/**
 * Serves until SIGTERM or SIGINT, then finishes the requests in progress and exits with code 0. An error at startup is
 * logged in one sentence, and the exit code is 1.
 */
export const serve = (options?: server.ProcessOptions): Promise<server.Running> => server.serve(nodePlatform, options);
