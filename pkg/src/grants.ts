/** Types of claims, as in `src/token/` in Rust; `tests/vectors/claims.json` compares the two. */
import type { RoomConfiguration, TrackSource } from '@livekit/protocol';
import { type TrackSourceName, trackSourceToString } from './track-source.js';

/** What the holder may do in rooms. The six fields that say "unset means" are three-state: `false` is written. */
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
  /** The only sources that may be published, by number or name. An empty list is refused: LiveKit accepts all sources then. */
  canPublishSources?: (TrackSource | TrackSourceName)[];
  /** Subscribe to others' tracks; unset means yes. */
  canSubscribe?: boolean;
  /** Send data messages; unset means as `canPublish`. */
  canPublishData?: boolean;
  /** Change one's own name, metadata and attributes; unset means no. */
  canUpdateOwnMetadata?: boolean;
  /** Be invisible to other participants. */
  hidden?: boolean;
  /** Count as a recorder: the room shows that it is being recorded. */
  recorder?: boolean;
  /** Be an agent, and register as an agent worker. */
  agent?: boolean;
  /** Read the metrics of others; unset means no. */
  canSubscribeMetrics?: boolean;
  /** Manage an agent's session; unset means no. */
  canManageAgentSession?: boolean;
  /** The room that participants may be forwarded or moved to (with `roomAdmin`). */
  destinationRoom?: string;
}

/** What the holder may do with telephony. */
export interface SIPGrant {
  /** Manage SIP trunks and dispatch rules. */
  admin?: boolean;
  /** Make outbound calls. */
  call?: boolean;
}

/** What the holder may do with hosted models. */
export interface InferenceGrant {
  /** Use them. */
  perform?: boolean;
}

/** What the holder may do with observability data. */
export interface ObservabilityGrant {
  /** Publish it. */
  write?: boolean;
}

/** What the holder may do with agents. */
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

/** Which agent endpoints the holder may call. An empty name or deployment means all of them. */
export interface AgentEndpointGrant {
  /** Call the endpoint. */
  call?: boolean;
  /** The agent that the grant is for. */
  agentName?: string;
  /** The deployment that the grant is for. */
  deployment?: string;
}

/** What the holder may do with agents' threads. */
export interface AgentThreadGrant {
  /** Reach every thread. */
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

/** Kind of participant. It is a privilege: the server treats agents and egress differently. */
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
  iss?: string;
  sub?: string;
  aud?: string | string[];
  exp?: number;
  nbf?: number;
  iat?: number;
  jti?: string;
  name?: string;
  video?: VideoGrant;
  sip?: SIPGrant;
  agent?: AgentGrant;
  agentEndpoint?: AgentEndpointGrant;
  agentThread?: AgentThreadGrant;
  inference?: InferenceGrant;
  observability?: ObservabilityGrant;
  kind?: ParticipantKindName | (string & {});
  kindDetails?: (KindDetailName | (string & {}))[];
  metadata?: string;
  attributes?: Record<string, string>;
  sha256?: string;
  roomPreset?: string;
  roomConfig?: RoomConfigurationInit;
}

/**
 * A room configuration: LiveKit's `RoomConfiguration` message (at runtime, any object with `toJson()`), or a plain object
 * with its fields, in camelCase or snake_case.
 */
export type RoomConfigurationInit = RoomConfiguration | RoomConfigurationJson | Record<string, unknown>;

/** A room configuration in a token: LiveKit's `RoomConfiguration` in JSON, as it was signed. */
export type RoomConfigurationJson = {
  name?: string;
  /** Seconds. */
  emptyTimeout?: number;
  /** Seconds. */
  departureTimeout?: number;
  maxParticipants?: number;
  metadata?: string;
  egress?: {
    room?: { roomName?: string } & Record<string, unknown>;
    participant?: Record<string, unknown>;
    tracks?: Record<string, unknown>;
  };
  minPlayoutDelay?: number;
  maxPlayoutDelay?: number;
  syncStreams?: boolean;
  agents?: {
    agentName?: string;
    metadata?: string;
    restartPolicy?: string;
    deployment?: string;
    attributes?: Record<string, string>;
  }[];
  tags?: Record<string, string>;
};

/** Claims of a verified token, including those that this package does not know. */
export interface VerifiedClaims extends Omit<ClaimGrants, 'video' | 'roomConfig'> {
  iss: string;
  exp: number;
  video?: Omit<VideoGrant, 'canPublishSources'> & { canPublishSources?: TrackSourceName[] };
  roomConfig?: RoomConfigurationJson;
  [claim: string]: unknown;
}

/** A copy of the claims with every source by name, as in a token. */
export function claimsToJwtPayload(claims: ClaimGrants): ClaimGrants & { video?: Record<string, unknown> } {
  const { video } = claims;
  if (!Array.isArray(video?.canPublishSources)) return { ...claims } as ReturnType<typeof claimsToJwtPayload>;
  const canPublishSources = video.canPublishSources.map((source) =>
    typeof source === 'number' ? trackSourceToString(source) : source,
  );
  return { ...claims, video: { ...video, canPublishSources } } as ReturnType<typeof claimsToJwtPayload>;
}
