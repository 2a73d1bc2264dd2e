/** request → the bytes of its body. */
import type { Context, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { INCOMPLETE_BODY, TOO_LARGE } from './errors.js';

/** Bytes of a request body above which the answer is 413. */
const MAX_BODY_BYTES = 100 * 1024;

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw TOO_LARGE;
  },
});

/** Lets in a body of at most 100 KiB. Throws 413, and 400 for one that breaks off. */
export async function limitBody(context: Context, next: Next): Promise<Response | undefined> {
  let isRead = false;
  try {
    return (await limit(context, () => {
      isRead = true;
      return next();
    })) as Response | undefined;
  } catch (error) {
    throw isRead || error === TOO_LARGE ? error : INCOMPLETE_BODY;
  }
}

/** The bytes of the body. Throws 400 if it breaks off. */
export async function readBody(context: Context): Promise<Uint8Array> {
  try {
    return new Uint8Array(await context.req.arrayBuffer());
  } catch {
    throw INCOMPLETE_BODY;
  }
}
