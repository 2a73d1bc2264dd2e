/** request → the bytes of its body. */
import type { Context, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { INCOMPLETE_BODY, TOO_LARGE } from './errors.js';

const KIB = 1024;

/** Lets in a body of at most 100 KiB. Throws 413, and 400 for one that breaks off. */
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
  return async (context: Context, next: Next): Promise<Response | undefined> => {
    let isRead = false;
    try {
      return (await limit(context, () => {
        isRead = true;
        return next();
      })) as Response | undefined;
    } catch (error) {
      throw isRead || error === TOO_LARGE ? error : INCOMPLETE_BODY;
    }
  };
}

/** The bytes of the body. Throws 400 if it breaks off. */
export async function readBody(context: Context): Promise<Uint8Array> {
  try {
    return new Uint8Array(await context.req.arrayBuffer());
  } catch {
    throw INCOMPLETE_BODY;
  }
}
