/** The module where a bundler has to be told to pass it on instead of instantiating it: Vercel's edge runtime. */
import module from './generated/livekit_edge.wasm?module';

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module => module;
