/** The public names of `livekit-edge`: those of `livekit-edge/tokens`, webhooks, and LiveKit's messages. */
export * from './messages.js';
export * from './tokens.js';
export { WebhookEvent, type WebhookEventNames } from './webhook-event.js';
export { authorizeHeader, WebhookReceiver } from './webhook-receiver.js';
