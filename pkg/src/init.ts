/** Passes the WebAssembly module to the package, on hosts where it cannot load the module itself. */
import { createException } from './exception.js';
import { passModule } from './wasm/instance.js';

/**
 * Sets the compiled module `livekit-edge/livekit_edge.wasm`. It is only needed on hosts that forbid compiling bytes and
 * resolve packages without the condition `workerd`, `worker` or `edge-light`. Call it before any other function of this
 * package, because it does not replace a running instance.
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
  if (!isModule(module as WebAssembly.Module)) {
    throw createException(
      'unsupported_runtime',
      'init() expects the WebAssembly.Module of livekit-edge/livekit_edge.wasm',
    );
  }
  passModule(module as WebAssembly.Module);
}

/** Recognizes the module by an export. `instanceof` would fail for a module of another realm. */
function isModule(module: WebAssembly.Module): boolean {
  try {
    return WebAssembly.Module.exports(module).some(({ name }) => name === 'accesstokensigner_new');
  } catch {
    return false;
  }
}
