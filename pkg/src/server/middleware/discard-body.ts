/** Discards the rest of a request's body, if the response comes before its end. */
import type { Context } from 'hono';
import { isWorker } from '../is-worker.js';
import { getWaitUntil } from '../wait-until.js';

/**
 * Limits of the body, in bytes and milliseconds, after which the connection is closed. Above the limit of bytes the body
 * is no longer read, and the connection stays open for `linger` milliseconds: closing a connection while the client is
 * sending resets it, which can discard a response that the client has not read yet.
 */
export const DISCARD = { bytes: 16 * 1024 * 1024, milliseconds: 10_000, linger: 1000 };

/** Bytes of one read: Workers would return parts of 4 KiB, each for as much CPU time as one of 64 KiB. */
const READ_BYTES = 64 * 1024;

/**
 * A stream of Workers with a known length, which becomes `Content-Length`, so that the client knows the end of the
 * response before the connection is closed.
 */
interface WorkersGlobals {
  FixedLengthStream: new (length: number) => TransformStream<Uint8Array, Uint8Array>;
}

/**
 * Discards the rest of a request's body on Workers. The returned response stays open until then, because the runtime
 * stops reading the body at the end of the response, and closes the connection while the client is still sending. Only
 * JSON is delayed: an event stream does not end. Hono drops the body of a response to HEAD, so that writing it would never
 * end. On Node `process/node-http.ts` does it.
 */
export async function discardBody(context: Context, response: Response): Promise<Response> {
  // Without `waitUntil` Hono throws an error, which would cost 3 µs of each request elsewhere.
  const waitUntil = isWorker() ? getWaitUntil(context) : undefined;
  // Node's adapter creates a web Request for `raw.body`, which costs as much as the rest of a request.
  if (waitUntil === undefined || context.req.method === 'HEAD') return response;
  const { body } = context.req.raw;
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true;
  if (body === null || body.locked || !isJson) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { FixedLengthStream } = globalThis as unknown as WorkersGlobals;
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
  try {
    await response.write(bytes);
  } finally {
    await discarded;
  }
  await response.close();
}

/** What `discard` needs of a reader. */
interface PartReader {
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
  cancel(): Promise<void>;
}

function readerOf(body: ReadableStream<Uint8Array>): PartReader {
  try {
    const reader = body.getReader({ mode: 'byob' });
    return { read: () => reader.read(new Uint8Array(READ_BYTES)), cancel: () => reader.cancel() };
  } catch {
    // A stream that was created in JavaScript, for example by an application that rebuilds the request.
    return body.getReader();
  }
}

async function discard(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = readerOf(body);
  const late = setTimeout(() => reader.cancel().catch(() => {}), DISCARD.milliseconds);
  try {
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.byteLength;
      if (bytes <= DISCARD.bytes) continue;
      await new Promise((resolve) => setTimeout(resolve, DISCARD.linger));
      return void (await reader.cancel());
    }
  } finally {
    clearTimeout(late);
  }
}
