/** Parsed request bodies. */
import { copyBytes } from '../arguments.js';
import { createException } from '../exception.js';
import type { ModerationRequest, MuteRequest, RecordingRequest, TokenRequest } from '../wasm/generated/livekit_edge.js';
import { call, Handle } from '../wasm/instance.js';
import { tooLarge } from './errors.js';

/** A parsed token request. It stays in the module's memory until `dispose` or garbage collection. */
export interface ParsedRequest {
  /** The ids to look up in the store. */
  readonly description: {
    /** The room, which is the id of a channel or of a group of direct messages; `null` if it is invalid. */
    readonly id: string | null;
    /** The identity; `null` if it is invalid. */
    readonly identity: string | null;
  };
  /** The handle of the request in the module. */
  readonly object: object;
  /** Frees the request. */
  dispose(): void;
}

/** A parsed request to mute a participant. */
export type ParsedMuteRequest = Omit<ParsedRequest, 'description'>;

/** A parsed request about a recording. */
export type ParsedRecordingRequest = Omit<ParsedRequest, 'description'>;

/**
 * Names of the requests of a moderator. They are repeated here, because the package's type declarations cannot import
 * those of the module.
 */
export type ModerationName = 'kick' | 'lift' | 'remove' | 'lock' | 'end';

/** A parsed request of a moderator. */
export type ParsedModeration = Omit<ParsedRequest, 'description'>;

/** Parses the body of a token request. Throws 400 if it is not a JSON object, or repeats a field. */
export function parseCreateToken(body: Uint8Array): ParsedRequest {
  const bytes = copyBody(body);
  return tokenRequest(new Handle(({ TokenRequest }) => TokenRequest.parseCreateToken(bytes), lookup));
}

/** As {@link parseCreateToken}, in the form of LiveKit's client SDKs. */
export function parseTokenSource(body: Uint8Array): ParsedRequest {
  const bytes = copyBody(body);
  return tokenRequest(new Handle(({ TokenRequest }) => TokenRequest.parseTokenSource(bytes), lookup));
}

/** As {@link parseCreateToken}, for a request to mute a participant. */
export function parseMuteParticipant(body: Uint8Array): ParsedMuteRequest {
  const bytes = copyBody(body);
  const request = new Handle(
    ({ MuteRequest }) => MuteRequest.parse(bytes),
    () => undefined,
  );
  request.create();
  return request;
}

/** As {@link parseCreateToken}, for a request about a recording. Without a body every field is unset. */
export function parseRecording(body: Uint8Array = new Uint8Array()): ParsedRecordingRequest {
  const bytes = copyBody(body);
  const request = new Handle(
    ({ RecordingRequest }) => RecordingRequest.parse(bytes),
    () => undefined,
  );
  request.create();
  return request;
}

/**
 * As {@link parseCreateToken}, for a request to kick or remove a participant, to end a kick, to lock a channel, or to end
 * a room.
 */
export function parseModeration(name: ModerationName, body: Uint8Array): ParsedModeration {
  const bytes = copyBody(body);
  const request = new Handle(
    ({ ModerationRequest }) => ModerationRequest.parse(name, bytes),
    () => undefined,
  );
  request.create();
  return request;
}

/**
 * Returns the handle of the request in the module.
 * @internal
 */
export const toTokenRequest = (request: ParsedRequest): TokenRequest => request.object as TokenRequest;

/**
 * As {@link toTokenRequest}.
 * @internal
 */
export const toMuteRequest = (request: ParsedMuteRequest): MuteRequest => request.object as MuteRequest;

/**
 * As {@link toTokenRequest}.
 * @internal
 */
export const toRecordingRequest = (request: ParsedRecordingRequest): RecordingRequest =>
  request.object as RecordingRequest;

/**
 * As {@link toTokenRequest}.
 * @internal
 */
export const toModerationRequest = (request: ParsedModeration): ModerationRequest =>
  request.object as ModerationRequest;

/** True for a valid room name. Only valid names are looked up as channels. */
export const isRoomName = (text: string): boolean => call((wasm) => wasm.isRoomName(text));

/** Maximum size of any body in bytes. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Copies the bytes, which are parsed again after a trap. */
function copyBody(body: unknown): Uint8Array {
  const bytes = copyBytes(body);
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
