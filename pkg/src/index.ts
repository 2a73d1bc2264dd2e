/**
 * Issues and verifies tokens, verifies webhooks, and calls LiveKit's API. LiveKit's message classes are those of
 * `@livekit/protocol`.
 *
 * @example
 * ```ts
 * import { AccessToken } from 'livekit-edge';
 *
 * const token = new AccessToken('devkey', 'secret', { identity: 'user-456', ttl: '10m' });
 * token.addGrant({ roomJoin: true, room: 'channel-abc123' });
 * console.log(await token.toJwt());
 * ```
 *
 * @module livekit-edge
 */
export { AgentDispatchClient, type CreateDispatchOptions } from './livekit-api/agent-dispatch-client.js';
export type { ClientOptions } from './livekit-api/client-options.js';
export { EgressClient } from './livekit-api/egress-client.js';
export type {
  BaseOptions,
  EncodedOutputs,
  ListEgressOptions,
  ParticipantEgressOptions,
  RoomCompositeOptions,
  TrackCompositeOptions,
  WebOptions,
} from './livekit-api/egress-options.js';
export { RoomServiceClient } from './livekit-api/room-service-client.js';
export type {
  CreateOptions,
  RemoveParticipantOptions,
  SendDataOptions,
  UpdateParticipantOptions,
} from './livekit-api/room-service-options.js';
export { ServerError, ServerError as TwirpError } from './livekit-api/server-error.js';
export * from './messages.js';
export * from './tokens.js';
export { WebhookEvent, type WebhookEventNames } from './webhook-event.js';
export { authorizeHeader, WebhookReceiver } from './webhook-receiver.js';
