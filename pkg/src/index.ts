/**
 * Tokens, their verification, webhooks, and LiveKit's message classes, which are those of `@livekit/protocol`.
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
export * from './messages.js';
export * from './tokens.js';
export { WebhookEvent, type WebhookEventNames } from './webhook-event.js';
export { authorizeHeader, WebhookReceiver } from './webhook-receiver.js';
