/** The bytes or the text of a stream, up to a limit. */

/** A source of bytes, such as `body.getReader()`. */
type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads to the end; `undefined` as soon as there are more bytes than `limit`. Rejects if the stream breaks off. */
export async function readBytes(reader: Reader | undefined, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > limit) return undefined;
    parts.push(part.value);
  }
  return joined(parts, size);
}

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

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
