/** Types of claims, the same as in Rust (`src/token/`); `tests/vectors/claims.json` compares the two. */
import type { RoomConfiguration, TrackSource } from '@livekit/protocol';
import { type TrackSourceName, trackSourceToString } from './track-source.js';

/** Permissions in rooms. The six fields with "unset means" have three states: `false` is serialized and denies. */
export interface VideoGrant {
  /** Create and delete any room. Never in a client's token. */
  roomCreate?: boolean;
  /** Join `room`. */
  roomJoin?: boolean;
  /** List every room. */
  roomList?: boolean;
  /** Record any room. */
  roomRecord?: boolean;
  /** Administer `room`: mute, remove, update participants. */
  roomAdmin?: boolean;
  /** The room that the grant is for, at most 256 bytes. */
  room?: string;
  /** Manage every ingress. */
  ingressAdmin?: boolean;
  /** Publish tracks; unset means yes. */
  canPublish?: boolean;
  /**
   * The sources that may be published, by number or name. An empty list is an error, because it would allow every
   * source.
   */
  canPublishSources?: (TrackSource | TrackSourceName)[];
  /** Subscribe to tracks of other participants; unset means yes. */
  canSubscribe?: boolean;
  /** Send data messages; unset means as `canPublish`. */
  canPublishData?: boolean;
  /** Change one's own name, metadata and attributes; unset means no. */
  canUpdateOwnMetadata?: boolean;
  /** Be invisible to other participants. */
  hidden?: boolean;
  /** Be a recorder: LiveKit marks the room as being recorded. */
  recorder?: boolean;
  /** Be an agent, and register as an agent worker. */
  agent?: boolean;
  /** Read metrics of other participants; unset means no. */
  canSubscribeMetrics?: boolean;
  /** Manage an agent's session; unset means no. */
  canManageAgentSession?: boolean;
  /** The only room that participants may be forwarded or moved to (with `roomAdmin`). */
  destinationRoom?: string;
}

/** Permissions for telephony. */
export interface SIPGrant {
  /** Manage SIP trunks and dispatch rules. */
  admin?: boolean;
  /** Make outbound calls. */
  call?: boolean;
}

/** Permissions for hosted models. */
export interface InferenceGrant {
  /** Use hosted models. */
  perform?: boolean;
}

/** Permissions for observability data. */
export interface ObservabilityGrant {
  /** Publish observability data. */
  write?: boolean;
}

/** Permissions for agents. */
export interface AgentGrant {
  /** Manage agents. */
  admin?: boolean;
  /** Manage agent simulations. */
  simulationAdmin?: boolean;
  /** Manage agent databases. */
  databaseAdmin?: boolean;
  /** Manage agent dispatches. */
  dispatchAdmin?: boolean;
}

/** Permissions for agent endpoints. An empty name or deployment means all. */
export interface AgentEndpointGrant {
  /** Call the endpoint. */
  call?: boolean;
  /** The agent that the grant is for. */
  agentName?: string;
  /** The deployment that the grant is for. */
  deployment?: string;
}

/** Permissions for agents' threads. */
export interface AgentThreadGrant {
  /** Access every thread. */
  all?: boolean;
  /** The scope of the threads that the grant is for. */
  scope?: string;
  /** The threads that the grant is for. */
  threadIds?: string[];
  /** List threads. */
  list?: boolean;
  /** Create threads. */
  create?: boolean;
  /** Write to threads. */
  write?: boolean;
  /** Read threads. */
  read?: boolean;
  /** Delete threads. */
  delete?: boolean;
}

/** Kind of participant. It is a privilege, because the server treats agents and egress differently. */
export type ParticipantKindName = 'standard' | 'ingress' | 'egress' | 'sip' | 'agent' | 'connector' | 'bridge';

/** Detail of a participant's kind. */
export type KindDetailName =
  | 'cloud_agent'
  | 'forwarded'
  | 'connector_whatsapp'
  | 'connector_twilio'
  | 'bridge_rtsp'
  | 'simulation';

/** Claims of a LiveKit access token. Times are Unix seconds. */
export interface ClaimGrants {
  /** Issuer: the API key. */
  iss?: string;
  /** Subject: the identity of the participant, at most 256 bytes. */
  sub?: string;
  /** Audience. A LiveKit server ignores it. */
  aud?: string | string[];
  /** When the token expires. */
  exp?: number;
  /** When the token becomes valid. */
  nbf?: number;
  /** When the token was issued. */
  iat?: number;
  /** Id of the token. */
  jti?: string;
  /** Display name of the participant, at most 256 bytes. */
  name?: string;
  /** Permissions in rooms. */
  video?: VideoGrant;
  /** Permissions for telephony. */
  sip?: SIPGrant;
  /** Permissions for agents. */
  agent?: AgentGrant;
  /** Permissions for agent endpoints. */
  agentEndpoint?: AgentEndpointGrant;
  /** Permissions for agents' threads. */
  agentThread?: AgentThreadGrant;
  /** Permissions for hosted models. */
  inference?: InferenceGrant;
  /** Permissions for observability data. */
  observability?: ObservabilityGrant;
  /** Kind of participant. It is a privilege. */
  kind?: ParticipantKindName | (string & {});
  /** Details of the kind. */
  kindDetails?: (KindDetailName | (string & {}))[];
  /** Free text for the application, at most 512 KiB. */
  metadata?: string;
  /** Free key-value pairs for the application, at most 64 KiB together. */
  attributes?: Record<string, string>;
  /** Digest of a webhook's body: base64 of its SHA-256. */
  sha256?: string;
  /** Name of a room preset (LiveKit Cloud). */
  roomPreset?: string;
  /** Configuration that LiveKit creates the room with, if the holder is the first to join. */
  roomConfig?: RoomConfigurationInit;
}

/**
 * A room configuration: LiveKit's `RoomConfiguration` message (at runtime, any object with `toJson()`), or a plain object
 * with its fields, in camelCase or snake_case.
 */
export type RoomConfigurationInit = RoomConfiguration | RoomConfigurationJson | Record<string, unknown>;

/** A room configuration in a token: LiveKit's `RoomConfiguration` in JSON. */
export type RoomConfigurationJson = {
  /** Name of the configuration. The name of the room is in the grant. */
  name?: string;
  /** Seconds that the room stays open before the first participant joins. */
  emptyTimeout?: number;
  /** Seconds that the room stays open after the last participant has left. */
  departureTimeout?: number;
  /** Maximum number of participants, without egress and agents; 0 means no limit. */
  maxParticipants?: number;
  /** Free text for the application, at most 512 KiB. */
  metadata?: string;
  /** Recordings to start with the room: LiveKit's `RoomEgress`. */
  egress?: {
    /** Recording of the room: LiveKit's `RoomCompositeEgressRequest`. */
    room?: {
      /** The room. */
      roomName?: string;
    } & Record<string, unknown>;
    /** Recording of each participant: LiveKit's `AutoParticipantEgress`. */
    participant?: Record<string, unknown>;
    /** Recording of each track: LiveKit's `AutoTrackEgress`. */
    tracks?: Record<string, unknown>;
  };
  /** Minimum playout delay of subscribers in milliseconds. */
  minPlayoutDelay?: number;
  /** Maximum playout delay of subscribers in milliseconds. */
  maxPlayoutDelay?: number;
  /** Whether audio and video are synchronized if the playout delay is long. */
  syncStreams?: boolean;
  /** The agents to dispatch to the room. */
  agents?: {
    /** Name that the agent registered with. */
    agentName?: string;
    /** Free text for the agent. */
    metadata?: string;
    /** Whether a failed job is restarted: LiveKit's `JobRestartPolicy`. */
    restartPolicy?: string;
    /** Name of the deployment of the agent. */
    deployment?: string;
    /** Free key-value pairs for the agent. */
    attributes?: Record<string, string>;
  }[];
  /** Tags of the room: key-value pairs. */
  tags?: Record<string, string>;
};

/** Claims of a verified token, including those that this package does not know. */
export interface VerifiedClaims extends Omit<ClaimGrants, 'video' | 'roomConfig'> {
  /** Issuer: the API key. */
  iss: string;
  /** When the token expires. */
  exp: number;
  /** Permissions in rooms. */
  video?: Omit<VideoGrant, 'canPublishSources'> & {
    /** The sources that may be published, by name. */
    canPublishSources?: TrackSourceName[];
  };
  /** Configuration that LiveKit creates the room with, if the holder is the first to join. */
  roomConfig?: RoomConfigurationJson;
  /** Any other claim. */
  [claim: string]: unknown;
}

/** Copies claims, with track sources as names instead of numbers, as in a token. */
export function claimsToJwtPayload(claims: ClaimGrants): ClaimGrants & {
  /** Permissions in rooms, as in the token. */
  video?: Record<string, unknown>;
} {
  const { video } = claims;
  if (!Array.isArray(video?.canPublishSources)) return { ...claims } as ReturnType<typeof claimsToJwtPayload>;
  const canPublishSources = video.canPublishSources.map((source) =>
    typeof source === 'number' ? trackSourceToString(source) : source,
  );
  return { ...claims, video: { ...video, canPublishSources } } as ReturnType<typeof claimsToJwtPayload>;
}
