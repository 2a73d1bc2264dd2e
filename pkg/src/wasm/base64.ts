/** A module as text: that needs no file, no request and no permission, and survives bundlers. */

/** What decodes base64 in one step, where a runtime has it; to decode character by character takes longer than to compile. */
interface Decoders {
  readonly Uint8Array: { fromBase64?(text: string): Uint8Array<ArrayBuffer> };
  readonly Buffer?: { from?(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> };
}

/** The module that a text in base64 is, compiled. */
export const compile = (base64: string): WebAssembly.Module => new WebAssembly.Module(bytes(base64));

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const { Uint8Array: Bytes, Buffer } = globalThis as unknown as Decoders;
  const decoded = Bytes.fromBase64?.(base64) ?? Buffer?.from?.(base64, 'base64');
  return decoded ?? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
