/** request → the bytes of its body. */
import type { Context } from 'hono';
import { createException, LivekitException } from '../exception.js';
import { readBytes } from '../read-stream.js';
import { tooLarge } from './errors.js';
import { withTimeout } from './timeout.js';

/** Default maximum size of a body in bytes. */
const MAX_BYTES = 100 * 1024;

/** Milliseconds for a whole body: a slow client keeps a connection open no longer than this. */
const TIMEOUT_MS = 10_000;

/**
 * The bytes of the body. Throws 413 if they are more than `maxBytes`, 408 after the timeout, and 400 if the body breaks off.
 */
export async function readBody(context: Context, maxBytes = MAX_BYTES): Promise<Uint8Array> {
  const length = context.req.header('Content-Length');
  const isAnnounced = length !== undefined && context.req.header('Transfer-Encoding') === undefined;
  if (isAnnounced && Number.parseInt(length, 10) > maxBytes) throw tooLarge();
  const read = async () => {
    if (isAnnounced) return new Uint8Array(await context.req.arrayBuffer());
    // Not hono/body-limit: see ARCHITECTURE.md.
    const reader = context.req.raw.body?.getReader();
    const bytes = await readBytes(reader, maxBytes);
    if (bytes === undefined) {
      // For `discardBody`.
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
