/** request → the bytes of its body. */
import type { Context, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { within } from './deadline.js';
import { INCOMPLETE_BODY, LATE_BODY, TOO_LARGE } from './errors.js';

const KIB = 1024;
/** Milliseconds for a whole body: who sends slowly holds a connection no longer than this. */
const DEADLINE = 10_000;

/** Lets in a body of at most 100 KiB. Throws 413, 408 for one that does not come, and 400 for one that breaks off. */
export const limitBody = limitBodyTo(100 * KIB);

/** The same with 1 MiB: a webhook may describe a recording with all its files. */
export const limitWebhook = limitBodyTo(1024 * KIB);

function limitBodyTo(maxSize: number) {
  const limit = bodyLimit({
    maxSize,
    onError: () => {
      throw TOO_LARGE;
    },
  });
  return async (context: Context, next: Next): Promise<void> => {
    await inTime(() => limit(context, async () => {}));
    await next();
  };
}

/** The bytes of the body. Throws 400 if it breaks off, 408 if it does not come. */
export const readBody = async (context: Context): Promise<Uint8Array> =>
  new Uint8Array(await inTime(() => context.req.arrayBuffer()));

async function inTime<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await within(DEADLINE, read, (): never => {
      throw LATE_BODY;
    });
  } catch (error) {
    throw error === TOO_LARGE || error === LATE_BODY ? error : INCOMPLETE_BODY;
  }
}
