/** Work that goes on after the response: Workers cancel it unless they are told. */
import type { Context } from 'hono';

/** Tells the runtime of work that goes on after the response; `undefined` where it goes on by itself. */
export function waitUntilOf(context: Context): ((work: Promise<unknown>) => void) | undefined {
  try {
    const { executionCtx } = context;
    return (work) => executionCtx.waitUntil(work);
  } catch {
    // Hono throws on other runtimes.
    return undefined;
  }
}
