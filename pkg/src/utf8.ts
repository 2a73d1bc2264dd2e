/** Strings → UTF-8, for arguments of the module that are passed as bytes. */

const encoder = new TextEncoder();

/** Nearly every token and its claims fit in here. The module copies the bytes before it runs. */
const scratch = new Uint8Array(4096);

/** The bytes of a string, which are valid until the next call. */
export function utf8(text: string): Uint8Array {
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}
