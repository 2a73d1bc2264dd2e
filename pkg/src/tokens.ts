/**
 * The exports of the root entry that do not need `@livekit/protocol`, which takes 25 ms to load. Webhooks and message
 * classes are only in the root entry.
 *
 * @module livekit-edge/tokens
 */
export { AccessToken, type AccessTokenOptions } from './access-token.js';
export type { ApiCredentials } from './arguments.js';
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
export { init } from './init.js';
export type { TwirpErrorCode } from './livekit-api/twirp-error-code.js';
export {
  type CreateTokenRequest,
  generateToken,
  getConnectionInfo,
  LivekitService,
  missingConfiguration,
  validateConfiguration,
} from './service.js';
export type { ConnectionInfo, TokenResponse } from './token-response.js';
export { TokenVerifier, type TokenVerifierOptions, type VerifierArguments } from './token-verifier.js';
export { type TrackSourceName, trackSourceToString } from './track-source.js';
export { type ClaimError, validateClaims, validateTokenClaims } from './validate-claims.js';
