/** The public names of `livekit-edge`. */
export { AccessToken, type AccessTokenOptions } from './access-token.js';
export type { LivekitConfig } from './config.js';
export { type ErrorBody, type LivekitErrorCode, LivekitException, type LivekitExceptionDetails } from './exception.js';
export {
  type AgentEndpointGrant,
  type AgentGrant,
  type AgentThreadGrant,
  type ClaimGrants,
  claimsToJwtPayload,
  type InferenceGrant,
  type KindDetailName,
  type ObservabilityGrant,
  type ParticipantKindName,
  type RoomConfigurationInit,
  type RoomConfigurationJson,
  type SIPGrant,
  type VerifiedClaims,
  type VideoGrant,
} from './grants.js';
export {
  type CreateTokenRequest,
  generateToken,
  getConnectionInfo,
  LivekitService,
  missingConfiguration,
  validateConfiguration,
} from './service.js';
export type { TokenResponse } from './token-response.js';
export { TokenVerifier, type TokenVerifierOptions } from './token-verifier.js';
export { TrackSource, type TrackSourceName, trackSourceToString } from './track-source.js';
export { type ClaimError, validateClaims, validateTokenClaims } from './validate-claims.js';
export {
  type EgressInfo,
  type IngressInfo,
  type Job,
  type JsonObject,
  type JsonValue,
  type ParticipantInfo,
  type Room,
  type TrackInfo,
  WebhookEvent,
  type WebhookEventNames,
} from './webhook-event.js';
export { authorizeHeader, WebhookReceiver } from './webhook-receiver.js';
