/**
 * The endpoint, its defaults, and the types of its options.
 *
 * @module livekit-edge/server
 */
export { type LivekitOptions, livekit } from './app.js';
export { userTokens } from './authenticate.js';
export { type CheckSettingsOptions, checkSettings, type SettingError } from './check-settings.js';
export type {
  Answer,
  Authenticate,
  Authorize,
  Caller,
  Permission,
  PrivilegedGrant,
  Refusal,
  TokenAsk,
  TokenRoute,
} from './hooks.js';
export type { LivekitParticipant, LivekitRoom } from './livekit/room-messages.js';
export { RoomService, type RoomServiceOptions } from './livekit/room-service.js';
export type { ChooseServer, LivekitServer } from './livekit/servers.js';
export type { ClientAddress } from './middleware/client-address.js';
export {
  type RateLimitBinding,
  type RateLimitBindings,
  type RateLimiter,
  type RateLimits,
  rateLimitBindings,
} from './middleware/rate-limiter.js';
export type { PresenceEvents } from './presence/events-option.js';
export type { PresenceFeeds, ProcessFeeds, ReadRoom, Watcher } from './presence/feeds.js';
export { memoryFeeds } from './presence/local-feeds.js';
export type { Participant, Present } from './presence/participant.js';
export {
  type ReconciledPresence,
  type ReconcilePresenceOptions,
  reconcilePresence,
} from './presence/reconcile-presence.js';
export { createSync, type Sync, type SyncOptions } from './rbac/create-sync.js';
export type { Grant, GrantFacts, Grants } from './rbac/grants.js';
export { type KrakenOptions, kraken } from './rbac/kraken.js';
export type { SyncResult, SyncTarget } from './rbac/sync-result.js';
export type {
  HoldersQuestion,
  IssuedIdentity,
  KickChange,
  LiftedKick,
  LockChange,
  ModerationStore,
} from './stores/moderation.js';
export type {
  ListedParticipant,
  PresenceCorrection,
  ReconciledStore,
  StoredConnection,
} from './stores/reconciliation.js';
export type {
  RecordingChange,
  RecordingClaim,
  RecordingFile,
  RecordingRow,
  RecordingStore,
  Recordings,
  StaleClaim,
} from './stores/recordings.js';
export type { RoomKind, RoomsStore, UserRoom } from './stores/rooms.js';
export {
  type FactsQuestion,
  type FactsRow,
  type MuteChange,
  type PresenceChange,
  type PresencePage,
  type PresenceRow,
  type Store,
  StoreFault,
  type StoreFaultCause,
} from './stores/store.js';
