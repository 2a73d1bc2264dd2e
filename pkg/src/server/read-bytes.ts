/** The bytes of a stream, up to a limit. */

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
