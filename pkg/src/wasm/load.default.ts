/** The module everywhere else, as text: that needs no file, no request and no permission, and survives bundlers. */
import base64 from './generated/core.base64.js';

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module =>
  new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
