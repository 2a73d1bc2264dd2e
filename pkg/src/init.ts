/** The module for hosts that the package cannot load it on by itself. */
import { createException } from './exception.js';
import { passModule } from './wasm/instance.js';

/**
 * Passes the compiled module `livekit-edge/livekit_edge.wasm`, for hosts that forbid compiling bytes and resolve packages
 * without the condition `workerd`, `worker` or `edge-light`. Call it before anything else of this package: a running
 * instance is kept. Elsewhere it is not needed.
 *
 * @throws {@link LivekitException} with code `unsupported_runtime` if the argument is not this `WebAssembly.Module`
 * @example
 * ```ts
 * import { init } from 'livekit-edge';
 * import module from 'livekit-edge/livekit_edge.wasm';
 *
 * init(module);
 * ```
 */
export function init(module: object): void {
  if (!isOurs(module as WebAssembly.Module)) {
    throw createException(
      'unsupported_runtime',
      'init() expects the WebAssembly.Module of livekit-edge/livekit_edge.wasm',
    );
  }
  passModule(module as WebAssembly.Module);
}

/** Not `instanceof`: the module may be of another realm. */
function isOurs(module: WebAssembly.Module): boolean {
  try {
    return WebAssembly.Module.exports(module).some(({ name }) => name === 'accesstokensigner_new');
  } catch {
    return false;
  }
}
