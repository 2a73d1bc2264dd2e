/** Parsed request bodies. */
import { copyOfBytes } from '../arguments.js';
import { createException } from '../exception.js';
import type { ModerationRequest, MuteRequest, RecordingRequest, TokenRequest } from '../wasm/generated/livekit_edge.js';
import { call, Handle } from '../wasm/instance.js';
import { tooLarge } from './errors.js';

/** A parsed request for a token. It is in the module's memory until it is disposed of or collected. */
export interface ParsedRequest {
  /** The ids to look up in the store. */
  readonly description: {
    /** The room, a channel or a group of direct messages, if it is valid. */
    readonly id: string | null;
    /** The identity, if it is valid. */
    readonly identity: string | null;
  };
  /** The request in the module. */
  readonly object: object;
  /** Frees the request. */
  dispose(): void;
}

/** A parsed request to mute a participant. */
export type ParsedMuteRequest = Omit<ParsedRequest, 'description'>;

/** A parsed request about a recording. */
export type ParsedRecordingRequest = Omit<ParsedRequest, 'description'>;

/** Names of what a moderator does, here since the declarations of the package import none of the module's. */
export type ModerationName = 'kick' | 'lift' | 'remove' | 'lock' | 'end';

/** A parsed request of a moderator. */
export type ParsedModeration = Omit<ParsedRequest, 'description'>;

/** Parses the body of a request for a token. Throws 400 if it is not a JSON object, or repeats a field. */
export function parseCreateToken(body: Uint8Array): ParsedRequest {
  const bytes = bytesOf(body);
  return tokenRequest(new Handle(({ TokenRequest }) => TokenRequest.parseCreateToken(bytes), lookup));
}

/** As {@link parseCreateToken}, in the form of LiveKit's clients. */
export function parseTokenSource(body: Uint8Array): ParsedRequest {
  const bytes = bytesOf(body);
  return tokenRequest(new Handle(({ TokenRequest }) => TokenRequest.parseTokenSource(bytes), lookup));
}

/** As {@link parseCreateToken}, of a request to mute a participant. */
export function parseMuteParticipant(body: Uint8Array): ParsedMuteRequest {
  const bytes = bytesOf(body);
  const request = new Handle(
    ({ MuteRequest }) => MuteRequest.parse(bytes),
    () => undefined,
  );
  request.create();
  return request;
}

/** As {@link parseCreateToken}, of a request about a recording; without a body every field is unset. */
export function parseRecording(body: Uint8Array = new Uint8Array()): ParsedRecordingRequest {
  const bytes = bytesOf(body);
  const request = new Handle(
    ({ RecordingRequest }) => RecordingRequest.parse(bytes),
    () => undefined,
  );
  request.create();
  return request;
}

/** As {@link parseCreateToken}, of a request to kick or remove a participant, to end a kick, to lock a channel or to end a room. */
export function parseModeration(name: ModerationName, body: Uint8Array): ParsedModeration {
  const bytes = bytesOf(body);
  const request = new Handle(
    ({ ModerationRequest }) => ModerationRequest.parse(name, bytes),
    () => undefined,
  );
  request.create();
  return request;
}

/**
 * The request in the module.
 * @internal
 */
export const tokenRequestOf = (request: ParsedRequest): TokenRequest => request.object as TokenRequest;

/**
 * As {@link tokenRequestOf}.
 * @internal
 */
export const muteRequestOf = (request: ParsedMuteRequest): MuteRequest => request.object as MuteRequest;

/**
 * As {@link tokenRequestOf}.
 * @internal
 */
export const recordingRequestOf = (request: ParsedRecordingRequest): RecordingRequest =>
  request.object as RecordingRequest;

/**
 * As {@link tokenRequestOf}.
 * @internal
 */
export const moderationRequestOf = (request: ParsedModeration): ModerationRequest =>
  request.object as ModerationRequest;

/** Whether a string is a valid room name: only then a channel of this id is looked up. */
export const isRoomName = (text: string): boolean => call((wasm) => wasm.isRoomName(text));

/** More than the maximum size of any body. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A copy of the bytes: after a trap they are parsed again. */
function bytesOf(body: unknown): Uint8Array {
  const bytes = copyOfBytes(body);
  if (bytes === undefined) {
    throw createException('body_not_json', 'Request body must be bytes');
  }
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
  return bytes;
}

function tokenRequest(request: Handle<TokenRequest, ParsedRequest['description']>): ParsedRequest {
  request.create();
  return request;
}

const lookup = ({ roomId, identity }: TokenRequest) => ({ id: roomId ?? null, identity: identity ?? null });
