/** The event that a webhook reports, with the names of LiveKit's own SDK. */
import { WebhookMessage } from './webhook/message.js';
import { type JsonReadOptions, notAnEvent, readMessage } from './webhook/read.js';
import type { Message } from './webhook/types.js';

export type { JsonReadOptions } from './webhook/read.js';
export type { JsonObject, JsonValue } from './webhook/types.js';
export type { JsonWriteOptions, JsonWriteStringOptions } from './webhook/write.js';

/** A room. Times are Unix seconds, or milliseconds where the name says so. */
export type Room = Message<'Room'>;

/** A participant. Times are Unix seconds, or milliseconds where the name says so. */
export type ParticipantInfo = Message<'ParticipantInfo'>;

/** A published track. */
export type TrackInfo = Message<'TrackInfo'>;

/** A recording or a stream of a room. Times are Unix nanoseconds. */
export type EgressInfo = Message<'EgressInfo'>;

/** A stream into a room. Times are Unix nanoseconds. */
export type IngressInfo = Message<'IngressInfo'>;

/** A job of an agent. Times are Unix nanoseconds. */
export type Job = Message<'Job'>;

/** What an event can be called. LiveKit adds names, so this is an open set; `''` is an event that says nothing. */
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
  | 'agent_job_started'
  | 'agent_job_ended'
  | ''
  | (string & {});

/**
 * Something that happened on a LiveKit server: `livekit.WebhookEvent`, read from JSON, which is how webhooks are sent.
 * Properties have the names, types and values of LiveKit's SDK: int64 is a bigint, an enum its number, an absent
 * message `undefined`, a oneof `{ case, value }`. There is no `fromBinary`: no server sends webhooks in binary.
 */
export class WebhookEvent extends WebhookMessage implements Message<'WebhookEvent'> {
  /** What happened. */
  declare event: WebhookEventNames;
  /** The room in which it happened. */
  declare room: Room | undefined;
  /** Whom it happened to; for `participant_*` and `track_*`. */
  declare participant: ParticipantInfo | undefined;
  /** For `egress_*`. */
  declare egressInfo: EgressInfo | undefined;
  /** For `ingress_*`. */
  declare ingressInfo: IngressInfo | undefined;
  /** For `track_*`. */
  declare track: TrackInfo | undefined;
  /** For `agent_job_*`. */
  declare job: Job | undefined;
  /** Unique to the event; the same when the server sends the event again. */
  declare id: string;
  /** When it happened, in Unix seconds. */
  declare createdAt: bigint;
  /** How many events the server dropped before this one. Deprecated by LiveKit. */
  declare numDropped: number;
  /** Why the room ended, for `room_finished`: `livekit.RoomEndReason` as a number. */
  declare roomEndReason: number;

  constructor() {
    super('WebhookEvent');
  }

  /**
   * Reads an event.
   *
   * @param value - what `JSON.parse` made of the body, names in camelCase or snake_case
   * @throws {@link LivekitException} with status 400 if it is no event
   */
  static fromJson(value: unknown, options: JsonReadOptions = {}): WebhookEvent {
    return readMessage('WebhookEvent', value, options, new WebhookEvent());
  }

  /**
   * Reads an event from the body of a webhook.
   *
   * @throws {@link LivekitException} with status 400 if it is no JSON or no event
   */
  static fromJsonString(text: string, options: JsonReadOptions = {}): WebhookEvent {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // The parser's message quotes the body.
      throw notAnEvent();
    }
    return WebhookEvent.fromJson(value, options);
  }
}
