/** Options of the methods of `RoomServiceClient`. */
import type { ParticipantPermission, RoomAgentDispatch, RoomEgress } from '@livekit/protocol';

/** Options of `RoomServiceClient.createRoom`. */
export interface CreateOptions {
  /** Name of the room. */
  name: string;
  /** Seconds that the room stays open before the first participant joins. */
  emptyTimeout?: number;
  /** Seconds that the room stays open after the last participant has left. */
  departureTimeout?: number;
  /** Maximum number of participants at a time. */
  maxParticipants?: number;
  /** Free text for the application. */
  metadata?: string;
  /** Recordings to start with the room. */
  egress?: RoomEgress;
  /** Minimum delay of playback in milliseconds. */
  minPlayoutDelay?: number;
  /** Maximum delay of playback in milliseconds. */
  maxPlayoutDelay?: number;
  /**
   * Whether to synchronize audio and video if `minPlayoutDelay` is above 200. Not for rooms whose subscriptions change
   * often.
   */
  syncStreams?: boolean;
  /** Agents to dispatch to the room. */
  agents?: RoomAgentDispatch[];
  /** Node of a self-hosted server for the room, for debugging. */
  nodeId?: string;
}

/** Receivers of a message of `RoomServiceClient.sendData`; all participants if both lists are unset. */
export interface SendDataOptions {
  /** Identities of participants. */
  destinationIdentities?: string[];
  /** Sids of participants. */
  destinationSids?: string[];
  /** Topic of the message. */
  topic?: string;
}

/** Changes of `RoomServiceClient.updateParticipant`. */
export interface UpdateParticipantOptions {
  /** Attributes to change; an empty string removes one. */
  attributes?: {
    /** An attribute. */
    [key: string]: string;
  };
  /** Free text for the application. */
  metadata?: string;
  /** All permissions of the participant. Unset ones are denied. */
  permission?: Partial<ParticipantPermission>;
  /** Display name. */
  name?: string;
}

/** Options of `RoomServiceClient.removeParticipant`. */
export interface RemoveParticipantOptions {
  /** Unix seconds: the participant's tokens with an earlier `nbf` become invalid (LiveKit Cloud). */
  revokeTokenTs?: bigint;
}
