/** Work that continues after the response. Workers cancel it unless `waitUntil` is called. */
import type { Context } from 'hono';
import { isWorker } from './is-worker.js';

/** Returns the function `waitUntil` of a Worker; `undefined` where work continues without it. */
export function getWaitUntil(context: Context): ((work: Promise<unknown>) => void) | undefined {
  // Elsewhere Hono would throw an error for each request, which costs 3 µs.
  if (!isWorker()) return undefined;
  try {
    const { executionCtx } = context;
    return (work) => executionCtx.waitUntil(work);
  } catch {
    // A Worker that calls the app without its context.
    return undefined;
  }
}
