/** Reads the body of a request. */
import type { Context } from 'hono';
import { createException, LivekitException } from '../exception.js';
import { readBytes } from '../read-stream.js';
import { tooLarge } from './errors.js';
import { withTimeout } from './timeout.js';

/** Default maximum size of a body in bytes. */
const MAX_BYTES = 100 * 1024;

/** Timeout of a whole body in milliseconds, so that a slow client cannot keep a connection open. */
const TIMEOUT_MS = 10_000;

/**
 * Reads the body. Throws 413 if it exceeds `maxBytes`, 408 after the timeout, and 400 if it is incomplete.
 */
export async function readBody(context: Context, maxBytes = MAX_BYTES): Promise<Uint8Array> {
  const length = context.req.header('Content-Length');
  const isAnnounced = length !== undefined && context.req.header('Transfer-Encoding') === undefined;
  if (isAnnounced && Number.parseInt(length, 10) > maxBytes) throw tooLarge();
  const read = async () => {
    if (isAnnounced) return new Uint8Array(await context.req.arrayBuffer());
    // ARCHITECTURE.md explains why this is not hono/body-limit.
    const reader = context.req.raw.body?.getReader();
    const bytes = await readBytes(reader, maxBytes);
    if (bytes === undefined) {
      // Released, so that `discardBody` can read the rest.
      reader?.releaseLock();
      throw tooLarge();
    }
    return bytes;
  };
  try {
    return await withTimeout(TIMEOUT_MS, read, (): never => {
      throw createException('body_timeout', 'Request Timeout');
    });
  } catch (cause) {
    if (cause instanceof LivekitException) throw cause;
    throw createException('body_incomplete', 'Request body is not complete', { cause });
  }
}
