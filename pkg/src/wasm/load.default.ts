/** The module everywhere else, as text: that needs no file, no request and no permission, and survives bundlers. */
import base64 from './generated/core.base64.js';

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module => new WebAssembly.Module(bytesOf(atob(base64)));

/** By a loop: `Uint8Array.from` takes ten times as long, most of the time to the first token. */
function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
