/** Options of the methods of `RoomServiceClient`. */
import type { ParticipantPermission, RoomAgentDispatch, RoomEgress } from '@livekit/protocol';

/** Options of `RoomServiceClient.createRoom`. */
export interface CreateOptions {
  /** Name of the room. */
  name: string;
  /** Seconds that the room stays without a first participant. */
  emptyTimeout?: number;
  /** Seconds that the room stays after its last participant left. */
  departureTimeout?: number;
  /** Maximum number of participants at a time. */
  maxParticipants?: number;
  /** Free text for the application. */
  metadata?: string;
  /** What is recorded from the start. */
  egress?: RoomEgress;
  /** Minimum delay of playback in milliseconds. */
  minPlayoutDelay?: number;
  /** Maximum delay of playback in milliseconds. */
  maxPlayoutDelay?: number;
  /** Keeps audio and video in step where `minPlayoutDelay` is above 200; not for rooms whose subscriptions change often. */
  syncStreams?: boolean;
  /** Agents that are dispatched to the room. */
  agents?: RoomAgentDispatch[];
  /** The node of a self-hosted server that the room is on, for debugging. */
  nodeId?: string;
}

/** Who gets a message of `RoomServiceClient.sendData`; all participants if there is neither. */
export interface SendDataOptions {
  /** Identities of participants. */
  destinationIdentities?: string[];
  /** Sids of participants. */
  destinationSids?: string[];
  /** Topic of the message. */
  topic?: string;
}

/** What `RoomServiceClient.updateParticipant` changes. */
export interface UpdateParticipantOptions {
  /** Attributes to change; an empty string removes one. */
  attributes?: {
    /** An attribute. */
    [key: string]: string;
  };
  /** Free text for the application. */
  metadata?: string;
  /** All permissions of the participant: those that are left out are denied. */
  permission?: Partial<ParticipantPermission>;
  /** Display name. */
  name?: string;
}

/** Options of `RoomServiceClient.removeParticipant`. */
export interface RemoveParticipantOptions {
  /** Unix seconds: the participant's tokens with an earlier `nbf` become invalid (LiveKit Cloud). */
  revokeTokenTs?: bigint;
}
