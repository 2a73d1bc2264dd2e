/** The module where the runtime compiles it at deployment and forbids compiling bytes: Cloudflare Workers, other workers. */
import module from './generated/livekit_edge.wasm';

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module => module;
