/** Work that continues after the response. Workers cancel it unless `waitUntil` is called. */
import type { Context } from 'hono';

/** Returns the function `waitUntil` of the runtime; `undefined` where work continues without it. */
export function getWaitUntil(context: Context): ((work: Promise<unknown>) => void) | undefined {
  try {
    const { executionCtx } = context;
    return (work) => executionCtx.waitUntil(work);
  } catch {
    // Hono throws on runtimes without `waitUntil`.
    return undefined;
  }
}
