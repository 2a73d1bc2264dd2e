/** Discards the rest of a request's body, if the response comes before its end. */
import type { Context } from 'hono';
import { getWaitUntil } from '../wait-until.js';

/** Limits after which the connection is closed: bytes and milliseconds of the body, and milliseconds without a byte. */
export const DISCARD = { bytes: 16 * 1024 * 1024, milliseconds: 10_000, idle: 1000 };

/** Milliseconds for which the response waits, enough for a body that the client sends without delay. */
const WAIT_MS = 100;

/**
 * Discards the rest of a request's body on Workers. Otherwise the runtime closes the connection while the client is
 * still sending, and the client may not receive the response. On Node `process/node-http.ts` does it.
 */
export async function discardBody(context: Context): Promise<void> {
  const waitUntil = getWaitUntil(context);
  const { body } = context.req.raw;
  if (body === null || body.locked || waitUntil === undefined) return;
  const discarded = discard(body).catch(() => {});
  waitUntil(discarded);
  await Promise.race([discarded, new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
}

async function discard(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const late = setTimeout(() => reader.cancel().catch(() => {}), DISCARD.milliseconds);
  try {
    let bytes = 0;
    for (let part = await reader.read(); part.value !== undefined; part = await reader.read()) {
      bytes += part.value.byteLength;
      if (bytes > DISCARD.bytes) return void (await reader.cancel());
    }
  } finally {
    clearTimeout(late);
  }
}
