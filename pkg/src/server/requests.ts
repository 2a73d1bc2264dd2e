/** Callers and parsed requests. */
import { copyOfBytes } from '../arguments.js';
import { createException } from '../exception.js';
import type { MuteRequest, TokenRequest } from '../wasm/generated/livekit_edge.js';
import { call, Handle } from '../wasm/instance.js';
import { tooLarge } from './errors.js';

/** A parsed request for a token. The module holds it until it is disposed of or collected. */
export interface ReadRequest {
  /** What the store is asked about. */
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

/** A parsed request to mute a participant, as {@link ReadRequest}. */
export type ReadMuteRequest = Omit<ReadRequest, 'description'>;

/** Parses the body of a request for a token. Throws 400 if it is not a JSON object, or repeats a field. */
export function readCreateToken(body: Uint8Array): ReadRequest {
  const bytes = bytesOf(body);
  return tokenRequest(new Handle(({ TokenRequest }) => TokenRequest.parseCreateToken(bytes), lookup));
}

/** As {@link readCreateToken}, in the form of LiveKit's clients. */
export function readTokenSource(body: Uint8Array): ReadRequest {
  const bytes = bytesOf(body);
  return tokenRequest(new Handle(({ TokenRequest }) => TokenRequest.parseTokenSource(bytes), lookup));
}

/** As {@link readCreateToken}, of a request to mute a participant. */
export function readMuteParticipant(body: Uint8Array): ReadMuteRequest {
  const bytes = bytesOf(body);
  const request = new Handle(
    ({ MuteRequest }) => MuteRequest.parse(bytes),
    () => undefined,
  );
  request.create();
  return request;
}

/**
 * The request in the module.
 * @internal
 */
export const tokenRequestOf = (request: ReadRequest): TokenRequest => request.object as TokenRequest;

/**
 * As {@link tokenRequestOf}.
 * @internal
 */
export const muteRequestOf = (request: ReadMuteRequest): MuteRequest => request.object as MuteRequest;

/** Whether a text can be the id of a channel, and is worth a lookup in the store. */
export const isId = (text: string): boolean => call(({ isRoomName }) => isRoomName(text));

/** Longer than any request. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A copy: after a trap it is parsed again. */
function bytesOf(body: unknown): Uint8Array {
  const bytes = copyOfBytes(body);
  if (bytes === undefined) {
    throw createException('body_not_json', 'Request body must be bytes');
  }
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
  return bytes;
}

function tokenRequest(request: Handle<TokenRequest, ReadRequest['description']>): ReadRequest {
  request.create();
  return request;
}

const lookup = ({ roomId, identity }: TokenRequest) => ({ id: roomId ?? null, identity: identity ?? null });
