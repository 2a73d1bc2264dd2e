/** The rest of a body that was answered before it was read. */
import type { Context } from 'hono';
import { waitUntilOf } from '../wait-until.js';

/**
 * Limits of such a body: bytes, milliseconds, and milliseconds without a byte, after which the connection is closed. Above the
 * limit of bytes it is no longer read, and stays open for `idle` milliseconds: a connection that is closed while the client is
 * sending is reset, which can discard a response that the client has not read yet.
 */
export const DISCARD = { bytes: 16 * 1024 * 1024, milliseconds: 10_000, idle: 1000 };

/** A stream of Workers whose length becomes `Content-Length`: the client knows the end of the response before it is closed. */
interface Fixed {
  FixedLengthStream?: new (length: number) => TransformStream<Uint8Array, Uint8Array>;
}

/**
 * On Workers, discards the rest of a request's body, and returns the response as one that stays open until then. The runtime
 * reads no body after the end of its response, and closes the connection while the client is still sending. On Node
 * `process/node-http.ts` does it.
 */
export function discardBody(context: Context, response: Response, text: string): Response {
  const waitUntil = waitUntilOf(context);
  const { body } = context.req.raw;
  if (body === null || body.locked || waitUntil === undefined) return response;
  const bytes = new TextEncoder().encode(text);
  const { FixedLengthStream = TransformStream } = globalThis as Fixed;
  const { readable, writable } = new FixedLengthStream(bytes.byteLength);
  waitUntil(answerAndDiscard(writable.getWriter(), bytes, body).catch(() => {}));
  return new Response(readable, response);
}

async function answerAndDiscard(
  response: WritableStreamDefaultWriter<Uint8Array>,
  bytes: Uint8Array,
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  const discarded = discard(body).catch(() => {});
  await response.write(bytes);
  await discarded;
  await response.close();
}

async function discard(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const late = setTimeout(() => reader.cancel().catch(() => {}), DISCARD.milliseconds);
  try {
    let bytes = 0;
    for (let part = await reader.read(); part.value !== undefined; part = await reader.read()) {
      bytes += part.value.byteLength;
      if (bytes <= DISCARD.bytes) continue;
      await new Promise((resolve) => setTimeout(resolve, DISCARD.idle));
      return void (await reader.cancel());
    }
  } finally {
    clearTimeout(late);
  }
}
