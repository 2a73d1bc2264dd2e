/** The public names of `livekit-edge/server`: the endpoint, and its stages by themselves. */
export type { Caller, GrantedRequest, ReadCreateToken } from '../wasm/core.js';
export { readCreateToken } from '../wasm/core.js';
export { type LivekitOptions, livekit } from './app.js';
export { authenticate } from './authenticate.js';
export { admit, authorize } from './authorize.js';
export type { ClientAddress } from './client-address.js';
export { createEndpoint, type Endpoint } from './endpoint.js';
export type { RateLimiter, RateLimits } from './rate-limit.js';
export { type RateLimitBinding, type RateLimitBindings, rateLimitBindings } from './rate-limit-bindings.js';
export { type FactsQuestion, type FactsRow, type Store, StoreFault } from './store/store.js';
