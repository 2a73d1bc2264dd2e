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
  let text = '';
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > mostBytes) {
      reader?.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
