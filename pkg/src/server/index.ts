/** The public names of `livekit-edge/server`: the endpoint, and its stages by themselves. */
export { type LivekitOptions, livekit } from './app.js';
export { authenticate } from './authenticate.js';
export {
  admit,
  authorize,
  authorizeMute,
  authorizePresence,
  type MuteRequest,
  type TokenRoute,
} from './authorize.js';
export { createEndpoint, type Endpoint } from './endpoint.js';
export { grant } from './grant.js';
export type { GrantedRequest, GrantFacts, Grants } from './granted.js';
export type { ClientAddress } from './http/client-address.js';
export { type RateLimitBinding, type RateLimitBindings, rateLimitBindings } from './http/rate-limit-bindings.js';
export type { RateLimiter, RateLimits } from './http/rate-limiter.js';
export {
  type Caller,
  type ReadMuteRequest,
  type ReadRequest,
  readCreateToken,
  readMuteParticipant,
  readTokenSource,
} from './requests.js';
export { RoomService, type RoomServiceOptions } from './room-service.js';
export {
  type FactsQuestion,
  type FactsRow,
  type PresenceChange,
  type PresenceRow,
  type Store,
  StoreFault,
} from './store/store.js';
