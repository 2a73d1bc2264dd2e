import { readBytes } from './read-bytes.js';

/**
 * The text of an answer that somebody else gives; `undefined` for one of more bytes, which is not read to its end.
 * Rejects if it breaks off, or is no text for a decoder that insists on one.
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  mostBytes: number,
  decoder = new TextDecoder(),
): Promise<string | undefined> {
  const reader = body?.getReader();
  const bytes = await readBytes(reader, mostBytes);
  if (bytes === undefined) reader?.cancel().catch(() => {});
  return bytes && decoder.decode(bytes);
}
