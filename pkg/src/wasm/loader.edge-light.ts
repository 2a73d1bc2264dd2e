/** Loads the module on Vercel's edge runtime. The suffix `?module` tells the bundler not to instantiate it. */
import module from './generated/livekit_edge.wasm?module';

/** The compiled WebAssembly module. */
export const loadModule = (): WebAssembly.Module => module;
