/** request → the bytes of its body. */
import type { Context } from 'hono';
import { createException, LivekitException } from '../exception.js';
import { tooLarge } from './errors.js';
import { readBytes } from './read-stream.js';
import { within } from './timeout.js';

/** Bytes of a body, unless a route takes more. */
const MOST = 100 * 1024;

/** Milliseconds for a whole body: who sends slowly holds a connection no longer than this. */
const DEADLINE = 10_000;

/**
 * The bytes of the body. Throws 413 if they are more than `most`, 408 if the body does not come, and 400 if it breaks
 * off.
 */
export async function readBody(context: Context, most = MOST): Promise<Uint8Array> {
  const length = context.req.header('Content-Length');
  const isAnnounced = length !== undefined && context.req.header('Transfer-Encoding') === undefined;
  if (isAnnounced && Number.parseInt(length, 10) > most) throw tooLarge();
  const read = async () => {
    if (isAnnounced) return new Uint8Array(await context.req.arrayBuffer());
    // Not hono/body-limit: before Hono 4.12.16 it takes a body that breaks off for a whole one.
    const bytes = await readBytes(context.req.raw.body?.getReader(), most);
    if (bytes === undefined) throw tooLarge();
    return bytes;
  };
  try {
    return await within(DEADLINE, read, (): never => {
      throw createException('body_timeout', 'Request Timeout');
    });
  } catch (cause) {
    if (cause instanceof LivekitException) throw cause;
    throw createException('body_incomplete', 'Request body is not complete', { cause });
  }
}
