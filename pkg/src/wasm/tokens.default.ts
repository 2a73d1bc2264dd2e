/** The module everywhere else. */
import { compile } from './base64.js';
import base64 from './generated/tokens.base64.js';

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module => compile(base64);
