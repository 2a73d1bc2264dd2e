/**
 * The endpoint as a Node process: `await serve()`. Settings come from the environment; where it listens from `HOST` and
 * `PORT`; the store from `DATABASE_URL`, else `SQLITE_PATH`. Node 22.13 or newer.
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
 * The app that a process serves, to mount in another app or to serve otherwise. It opens the store and checks the settings.
 * Rejects if the database file cannot be used.
 */
export const createApp = (options?: server.ProcessOptions): Promise<Hono> => server.createApp(nodePlatform, options);

/**
 * Serves until a signal to stop (SIGTERM, SIGINT), then finishes the requests in progress and exits with code 0. An error at the
 * start is logged in one sentence, and the exit code is 1.
 */
export const serve = (options?: server.ProcessOptions): Promise<server.Running> => server.serve(nodePlatform, options);
