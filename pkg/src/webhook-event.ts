/** The event in a webhook, with the API of LiveKit's SDK. */
import { WebhookEvent as ProtocolWebhookEvent } from '@livekit/protocol';

type JsonValue = Parameters<typeof ProtocolWebhookEvent.fromJson>[0];
type JsonReadOptions = Parameters<typeof ProtocolWebhookEvent.fromJson>[1];
type BinaryReadOptions = Parameters<typeof ProtocolWebhookEvent.fromBinary>[1];

/** Names of events. A newer LiveKit server may send others; `''` means that the event has no name. */
export type WebhookEventNames =
  | 'room_started'
  | 'room_finished'
  | 'participant_joined'
  | 'participant_left'
  | 'participant_connection_aborted'
  | 'track_published'
  | 'track_unpublished'
  | 'egress_started'
  | 'egress_updated'
  | 'egress_ended'
  | 'ingress_started'
  | 'ingress_ended'
  | '';

/** `livekit.WebhookEvent` of `@livekit/protocol`, with typed names of events, as in LiveKit's SDK. */
export class WebhookEvent extends ProtocolWebhookEvent {
  /** Name of the event. It is declared, because a field would overwrite the value that the constructor sets. */
  declare event: WebhookEventNames;

  /** Parses the binary form of an event. Throws an `Error` of protobuf. */
  static override fromBinary(bytes: Uint8Array, options?: BinaryReadOptions): WebhookEvent {
    return new WebhookEvent().fromBinary(bytes, options);
  }

  /** Parses an event. Throws an `Error` of protobuf, also for an unknown field without `ignoreUnknownFields`. */
  static override fromJson(json: JsonValue, options?: JsonReadOptions): WebhookEvent {
    return new WebhookEvent().fromJson(json, options);
  }

  /** Parses an event from its JSON text. Throws as {@link fromJson} does. */
  static override fromJsonString(text: string, options?: JsonReadOptions): WebhookEvent {
    return new WebhookEvent().fromJsonString(text, options);
  }
}
