/** Functions of the application: `authenticate` finds the caller, `authorize` the caller's permission. */

import type { Context } from 'hono';
import { field } from '../arguments.js';
import { createException, LivekitException } from '../exception.js';
import type { RoomConfigurationInit, RoomConfigurationJson, VideoGrant } from '../grants.js';
import { ServerError } from '../livekit-api/server-error.js';
import { nameOf } from './errors.js';
import type { Log } from './log.js';
import { withTimeout } from './timeout.js';

/** Who sends a request. An application's own `authenticate` may add fields for its `authorize`. */
export interface Caller {
  /** The user's id: key of the rate limit by user, and logged. */
  readonly userId: string;
  /** The user token's id (`jti`), to look up a revocation. */
  readonly tokenId?: string | undefined;
  /** The id of the token's session (`sid`), to look up a revocation. */
  readonly sessionId?: string | undefined;
  /** When the token was issued (`iat`), Unix seconds, to look up a revocation of all older tokens of the user. */
  readonly issuedAt?: number | undefined;
}

/** Maximum length of a user's id in UTF-16 units. */
const MAX_ID_LENGTH = 256;

const isUserId = (id: unknown): id is string =>
  typeof id === 'string' && id.trim() !== '' && id.length <= MAX_ID_LENGTH;

/** An id to look up, which U+0000 has no place in. */
const isLookedUp = (id: unknown): id is string | undefined =>
  id === undefined || (typeof id === 'string' && !id.includes('\0'));

const isTime = (time: unknown): time is number | undefined =>
  time === undefined || (typeof time === 'number' && Number.isFinite(time));

const invalidCaller = (name: string) => createException('invalid_caller', 'Internal server error', { path: name });

/**
 * A copy of a caller: each field is read once, and none from `Object.prototype`. Throws 500 for an invalid field, which is in the
 * log by its name.
 */
export function checkedCaller(caller: unknown): Caller {
  const object: object = Object(caller);
  const userId = field(object, 'userId');
  const tokenId = field(object, 'tokenId');
  const sessionId = field(object, 'sessionId');
  const issuedAt = field(object, 'issuedAt');
  if (!isUserId(userId)) throw invalidCaller('userId');
  if (!isLookedUp(tokenId)) throw invalidCaller('tokenId');
  if (!isLookedUp(sessionId)) throw invalidCaller('sessionId');
  if (!isTime(issuedAt)) throw invalidCaller('issuedAt');
  // Every field, so that none is looked for in the prototype.
  return { userId, tokenId, sessionId, issuedAt };
}

/** `null`, `undefined` and `false`: the value of `session && { … }` without a session. */
export type Refusal = null | undefined | false;

/** A value, now or later, or a refusal: `null`, `undefined` or `false`. */
export type Answer<T> = T | Refusal | Promise<T | Refusal>;

/** Whether a function of the application refused. */
export const isRefusal = (answer: unknown): answer is Refusal =>
  answer === null || answer === undefined || answer === false;

/**
 * Finds out who sends a request, by its headers: its body is already read. Nothing, or `false`, is answered 401. For a stream of
 * presence it is called again each minute, with the same request.
 *
 * Its timeout is two seconds. A thrown error, a {@link ServerError} of LiveKit's API included, is answered 503, another
 * {@link LivekitException} or an `HTTPException` of Hono with its own status.
 */
export type Authenticate<Bindings extends object = Record<string, unknown>, User extends Caller = Caller> = (
  request: Request,
  env: Bindings,
  context: Context,
) => Answer<User>;

/** A route that answers with a token. */
export type TokenRoute = 'token' | 'dm-token' | 'token-source';

/** A request for a token. Its types and sizes are valid; whether it is allowed, `authorize` decides. */
export interface TokenAsk {
  /** The route that was called. */
  readonly route: TokenRoute;
  /** The room to join: the only one that the permission may be for. */
  readonly room: string;
  /** Whether the request named no room, so that `room` is a new name that cannot be guessed. */
  readonly isGeneratedRoom: boolean;
  /** The requested identity, at most 256 bytes. */
  readonly identity?: string;
  /** The requested display name, at most 256 bytes. */
  readonly name?: string;
  /** The requested TTL in seconds. */
  readonly ttl?: number;
  /** The requested metadata, at most 512 KiB. */
  readonly metadata?: string;
  /** The requested attributes, at most 64 KiB together. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** LiveKit's `RoomConfiguration` with names in camelCase; `agents` are those to dispatch. */
  readonly roomConfig?: RoomConfigurationJson;
}

/** What a caller may have. Any other field is an error: 500. */
export interface Permission {
  /** The room of the request. */
  room: string;
  /** Identity of the participant, at most 256 bytes. LiveKit removes an earlier participant of the same identity. */
  identity: string;
  /** Display name, at most 256 bytes; the default is the identity. */
  name?: string | undefined;
  /** What the participant may do in the room. `room` and `roomJoin` are added; LiveKit allows what is unset. */
  grants: VideoGrant;
  /** At most 512 KiB. */
  metadata?: string | undefined;
  /** At most 64 KiB together. */
  attributes?: Readonly<Record<string, string>> | undefined;
  /** How LiveKit sets up the room for the first participant, with the agents to dispatch. */
  roomConfig?: RoomConfigurationInit | undefined;
  /** Seconds, or a duration such as `10m`; at most `LIVEKIT_MAX_TTL`. */
  ttl?: number | string | undefined;
  /**
   * Name of the LiveKit server of the room, for this token alone; prefer `chooseServer` of `livekit()`, which every
   * route follows. The default is what that chooses, else rendezvous hashing.
   */
  server?: string | undefined;
}

/** Grants that reach beyond the room or hide the participant; `PRIVILEGED_GRANTS` in Rust. */
export const PRIVILEGED_GRANTS = [
  'roomCreate',
  'roomList',
  'roomRecord',
  'ingressAdmin',
  'hidden',
  'recorder',
  'agent',
  'destinationRoom',
] as const;

/**
 * A grant that reaches beyond the room or hides the participant.
 * @useDeclaredType
 */
export type PrivilegedGrant = (typeof PRIVILEGED_GRANTS)[number];

/** Decides what a caller may have. Nothing, or `false`, is answered 403. Timeout and errors are those of {@link Authenticate}. */
export type Authorize<Bindings extends object = Record<string, unknown>, User extends Caller = Caller> = (
  caller: User,
  ask: TokenAsk,
  env: Bindings,
  context: Context,
) => Answer<Permission>;

/** Milliseconds for a function of the application. */
const TIMEOUT_MS = 2000;

/** A function of the application that {@link decide} calls. */
type Hook = 'authenticate' | 'authorize' | 'chooseServer';

/** Calls a function of the application. Throws 503 after the timeout, and what the function throws. */
export const inTime = <T>(hook: Hook | 'grants', call: () => T | PromiseLike<T>): Promise<T> =>
  withTimeout(
    TIMEOUT_MS,
    // In an async function, so that a synchronous error is a rejection.
    async () => call(),
    () => {
      throw createException('hook_failed', 'Service Unavailable', { reason: `${hook}_timeout` });
    },
  );

/** Is told of an error that a function of the application throws. */
type OnError = ((error: unknown) => void) | undefined;

/**
 * Calls a function of the application. Rejects with a {@link LivekitException} only. Of another error, and of a
 * {@link ServerError}, the log has the name alone, and `onError` is told of it.
 */
export async function decide<T>(hook: Hook, log: Log, call: () => T | PromiseLike<T>, onError?: OnError): Promise<T> {
  try {
    return await inTime(hook, call);
  } catch (error) {
    // A status of LiveKit's API is not one of this endpoint.
    if (error instanceof LivekitException && !(error instanceof ServerError)) throw error;
    const refusal = refusalOf(error);
    if (refusal !== undefined) throw refusal;
    log.error(`The function ${hook} failed`, { error: nameOf(error) });
    tell(onError, error);
    throw createException('hook_failed', 'Service Unavailable', { reason: hook });
  }
}

/** An error in telling must not change the answer. */
function tell(onError: OnError, error: unknown): void {
  try {
    onError?.(error);
  } catch {
    // The application has been told.
  }
}

/** An `HTTPException` of Hono, of whatever copy of it the application has. */
function refusalOf(error: unknown): LivekitException | undefined {
  if (!(error instanceof Error) || !('getResponse' in error) || !('status' in error)) return undefined;
  const { status, message } = error;
  const isError = Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
  return isError ? new LivekitException(message, Number(status), { code: 'refused_by_application' }) : undefined;
}
