/** The rules of the endpoint that need no settings, as functions, and what all of them are about. */
import { ENDPOINT, type EndpointOperations } from './endpoint.js';
import { instance, jsonText, runOnBytes } from './instance.js';

/** A request body that was read: its fields, and those ids in it that are worth asking the store about. */
export interface ReadRequest {
  /** The fields that the route knows, each of any type. */
  readonly fields: object;
  /** The room: a channel, or a group of direct messages. */
  readonly id: string | null;
  readonly identity: string | null;
}

/** Who a user token names; not yet looked up. */
export interface Caller {
  /** The user's id (`sub`). */
  readonly userId: string;
  /** The token's id (`jti`), to look up a revocation by. */
  readonly tokenId?: string;
}

/** A request that may be granted, and with what. */
export interface GrantedRequest {
  readonly roomId: string;
  readonly identity: string;
  readonly name?: string;
  readonly ttl?: number;
  readonly metadata?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** What the participant may do: a `video` grant that is checked once more when the token is minted. */
  readonly grant: unknown;
  readonly facts: GrantFacts;
}

/** What is known of a request that may be granted. */
export interface GrantFacts {
  /** What the room is: a channel, or a group of direct messages. */
  readonly kind: 'channel' | 'group';
  /** The room: the id of the channel or group. */
  readonly roomId: string;
  /** The identity that the participant will have. */
  readonly identity: string;
  /** The caller's id, which need not be the identity. */
  readonly userId: string;
  /** Whether the caller owns the instance. */
  readonly isOwner: boolean;
  /** Whether the channel is private. */
  readonly isPrivate: boolean;
  /** Whether the caller is a member of the channel or group. */
  readonly isMember: boolean;
  /** Whether the caller is timed out in the channel's community; under `LIVEKIT_GRANTS=full` nobody who is gets so far. */
  readonly isTimedOut: boolean;
  /** Names of the actions that the caller's roles in the channel's community allow. */
  readonly actions: readonly string[];
}

/** Whose microphone to mute, or to unmute. */
export interface MuteRequest {
  readonly identity: string;
  readonly mute: boolean;
}

/** Reads the body of a request for a token. Throws 400 if it is not a JSON object that gives each field once. */
export const readCreateToken = (body: Uint8Array): ReadRequest => onBytes(body, (core) => core.read_create_token());

/** As {@link readCreateToken}, in the form of LiveKit's clients. */
export const readTokenSource = (body: Uint8Array): ReadRequest => onBytes(body, (core) => core.read_token_source());

/** As {@link readCreateToken}, of a request to mute someone. */
export const readMuteParticipant = (body: Uint8Array): ReadRequest =>
  onBytes(body, (core) => core.read_mute_participant());

/** Whether a text can be the id of a channel, and is worth asking the store about. */
export const isId = (text: string): boolean => onBytes(text, (core) => core.check_id());

/** Lets in a caller whom the store knows by these facts, which are JSON. Throws 401, or 503 for facts that are none. */
export const admitCaller = (caller: Caller, facts: string): void =>
  onBytes(`{"facts":${facts},${jsonText({ caller }).slice(1)}`, (core) => core.admit());

function onBytes<T>(input: string | Uint8Array, operation: (core: EndpointOperations) => number): T {
  const core = instance(ENDPOINT);
  return runOnBytes(core, input, () => operation(core));
}
