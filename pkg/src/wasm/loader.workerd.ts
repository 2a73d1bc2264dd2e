/**
 * Loads the module on Cloudflare Workers and other workers, which compile it at deployment and forbid compiling bytes.
 */
import module from './generated/livekit_edge.wasm';

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module => module;
