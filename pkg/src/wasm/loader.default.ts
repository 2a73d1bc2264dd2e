/** The module as base64: no file, request or permission is needed, and bundlers keep it. */
import base64 from './generated/livekit_edge.base64.js';

/** Decoders of base64 that some runtimes have: decoding character by character takes longer than compiling. */
interface Decoders {
  readonly Uint8Array: { fromBase64?(text: string): Uint8Array<ArrayBuffer> };
  readonly Buffer?: { from?(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> };
}

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module => new WebAssembly.Module(decode(base64));

function decode(text: string): Uint8Array<ArrayBuffer> {
  const { Uint8Array: Bytes, Buffer } = globalThis as unknown as Decoders;
  const decoded = Bytes.fromBase64?.(text) ?? Buffer?.from?.(text, 'base64');
  return decoded ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
