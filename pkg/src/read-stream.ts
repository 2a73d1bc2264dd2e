/** Reads the bytes or the text of a stream, up to a maximum size. */

/** A source of bytes, such as `body.getReader()`. */
type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads a stream to its end; `undefined` as soon as it exceeds `maxBytes`. Rejects if the stream fails. */
export async function readBytes(reader: Reader | undefined, maxBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > maxBytes) return undefined;
    parts.push(part.value);
  }
  return joined(parts, size);
}

/**
 * Reads the text of a response; `undefined` if it exceeds `maxBytes`, and then cancels the rest. Rejects if the stream
 * fails, or if the decoder is fatal and the bytes are malformed.
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  decoder = new TextDecoder(),
): Promise<string | undefined> {
  const reader = body?.getReader();
  const bytes = await readBytes(reader, maxBytes);
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
