/** The public names of `livekit-edge/server`: the endpoint, and its stages by themselves. */
export { type LivekitOptions, livekit } from './app.js';
export { authenticate } from './authenticate.js';
export { createEndpoint, type Endpoint } from './endpoint.js';
export { RoomService, type RoomServiceOptions } from './livekit/room-service.js';
export type { ClientAddress } from './middleware/client-address.js';
export { type RateLimitBinding, type RateLimitBindings, rateLimitBindings } from './middleware/rate-limit-bindings.js';
export type { RateLimiter, RateLimits } from './middleware/rate-limiter.js';
export {
  admit,
  authorize,
  authorizeMute,
  authorizePresence,
  type MuteRequest,
  type TokenRoute,
} from './rbac/authorize.js';
export { grant } from './rbac/grant.js';
export type { GrantedRequest, GrantFacts, Grants } from './rbac/granted.js';
export {
  type Caller,
  type ReadMuteRequest,
  type ReadRequest,
  readCreateToken,
  readMuteParticipant,
  readTokenSource,
} from './requests.js';
export {
  type FactsQuestion,
  type FactsRow,
  type MuteChange,
  type PresenceChange,
  type PresencePage,
  type PresenceRow,
  type Store,
  StoreFault,
} from './stores/store.js';
