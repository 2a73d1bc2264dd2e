/**
 * Loads the module from base64 in the source, which needs no file, request or permission, and works with every bundler.
 */
import base64 from './generated/livekit_edge.base64.js';

/** Fast base64 decoders, which only some runtimes have. Decoding character by character takes longer than compiling. */
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
