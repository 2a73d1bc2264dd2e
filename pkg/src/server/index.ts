/** The public names of `livekit-edge/server`: the endpoint, and its stages by themselves. */
export { type LivekitOptions, livekit } from './app.js';
export { authenticate } from './authenticate.js';
export { authorize } from './authorize.js';
export type { FactsQuestion, FactsRow, Store } from './store/store.js';
