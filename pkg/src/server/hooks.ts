/**
 * Functions of the application: `authenticate` returns the caller of a request, `authorize` the caller's permission.
 */

import type { Context } from 'hono';
import { field } from '../arguments.js';
import { createException, LivekitException } from '../exception.js';
import type { RoomConfigurationInit, RoomConfigurationJson, VideoGrant } from '../grants.js';
import { ServerError } from '../livekit-api/server-error.js';
import { errorName } from './errors.js';
import type { Log } from './log.js';
import { withTimeout } from './timeout.js';

/** The caller of a request. The application's `authenticate` may add fields for its `authorize`. */
export interface Caller {
  /** The user's id. It is the key of the rate limit by user, and is logged. */
  readonly userId: string;
  /** Id of the user token (`jti`), for revocation. */
  readonly tokenId?: string | undefined;
  /** Id of the token's session (`sid`), for revocation. */
  readonly sessionId?: string | undefined;
  /** Unix second at which the token was issued (`iat`), for a revocation of all older tokens of the user. */
  readonly issuedAt?: number | undefined;
}

/** Maximum length of a user's id in UTF-16 units. */
const MAX_ID_LENGTH = 256;

const isUserId = (id: unknown): id is string =>
  typeof id === 'string' && id.trim() !== '' && id.length <= MAX_ID_LENGTH;

/** True for an id that can be looked up in the store: a string without U+0000, or `undefined`. */
const isLookedUp = (id: unknown): id is string | undefined =>
  id === undefined || (typeof id === 'string' && !id.includes('\0'));

const isTime = (time: unknown): time is number | undefined =>
  time === undefined || (typeof time === 'number' && Number.isFinite(time));

const invalidCaller = (name: string) => createException('invalid_caller', 'Internal server error', { path: name });

/**
 * Copies a caller. Each field is read once, and never from `Object.prototype`. Throws 500 for an invalid field, whose
 * name is logged.
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
  // Every field is set, so that none is read from the prototype later.
  return { userId, tokenId, sessionId, issuedAt };
}

/** A refusal. `false` is allowed so that `session && { … }` works. */
export type Refusal = null | undefined | false;

/** A value or a refusal, or a promise of either. */
export type Answer<T> = T | Refusal | Promise<T | Refusal>;

/** True if a function of the application refused. */
export const isRefusal = (answer: unknown): answer is Refusal =>
  answer === null || answer === undefined || answer === false;

/**
 * Authenticates the caller by the headers of a request; the body has already been read. A refusal is answered with 401.
 * For a presence stream it is called again each minute, with the same request.
 *
 * The timeout is two seconds. A thrown {@link LivekitException} or `HTTPException` of Hono is answered with its own
 * status; any other error, and a {@link ServerError} of LiveKit's API, with 503.
 */
export type Authenticate<Bindings extends object = Record<string, unknown>, User extends Caller = Caller> = (
  request: Request,
  env: Bindings,
  context: Context,
) => Answer<User>;

/** A route that returns a token. */
export type TokenRoute = 'token' | 'dm-token' | 'token-source';

/** A token request. Its types and sizes have been checked; `authorize` decides whether it is allowed. */
export interface TokenAsk {
  /** The requested route. */
  readonly route: TokenRoute;
  /** The room to join. The permission must be for this room. */
  readonly room: string;
  /** True if the request had no room; `room` is then a new, unguessable name. */
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
  /**
   * The requested room configuration: LiveKit's `RoomConfiguration` with names in camelCase. `agents` are the agents to
   * dispatch.
   */
  readonly roomConfig?: RoomConfigurationJson;
}

/** The permission of a caller. An unknown field is an error with status 500. */
export interface Permission {
  /** The room of the request. */
  room: string;
  /** Identity of the participant, at most 256 bytes. LiveKit removes an earlier participant with the same identity. */
  identity: string;
  /** Display name, at most 256 bytes; the default is the identity. */
  name?: string | undefined;
  /** Grants of the participant. `room` and `roomJoin` are added. LiveKit's defaults apply to unset grants. */
  grants: VideoGrant;
  /** Metadata of the participant, at most 512 KiB. */
  metadata?: string | undefined;
  /** Attributes of the participant, at most 64 KiB together. */
  attributes?: Readonly<Record<string, string>> | undefined;
  /**
   * Configuration that LiveKit creates the room with, if the participant is the first. It includes the agents to
   * dispatch.
   */
  roomConfig?: RoomConfigurationInit | undefined;
  /** TTL of the token: seconds, or a duration such as `10m`; at most `LIVEKIT_MAX_TTL`. */
  ttl?: number | string | undefined;
  /**
   * Name of the room's LiveKit server, for this token only. The default is the result of `chooseServer`, else
   * rendezvous hashing. Prefer `chooseServer`, because it applies to every route.
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

/**
 * Decides the permission of a caller. A refusal is answered with 403. Timeout and errors are as for {@link
 * Authenticate}.
 */
export type Authorize<Bindings extends object = Record<string, unknown>, User extends Caller = Caller> = (
  caller: User,
  ask: TokenAsk,
  env: Bindings,
  context: Context,
) => Answer<Permission>;

/** Timeout of a function of the application in milliseconds. */
const TIMEOUT_MS = 2000;

/** A function of the application that {@link decide} calls. */
type Hook = 'authenticate' | 'authorize' | 'chooseServer';

/** Calls a function of the application. Throws 503 after the timeout, or the error that the function throws. */
export const callWithTimeout = <T>(hook: Hook | 'grants', call: () => T | PromiseLike<T>): Promise<T> =>
  withTimeout(
    TIMEOUT_MS,
    // An async function converts a synchronous error into a rejection.
    async () => call(),
    () => {
      throw createException('hook_failed', 'Service Unavailable', { reason: `${hook}_timeout` });
    },
  );

/** Called with an error that a function of the application throws. */
type OnError = ((error: unknown) => void) | undefined;

/**
 * Calls a function of the application. Rejects only with a {@link LivekitException}. For any other error, and for a
 * {@link ServerError}, the log contains only the name, and `onError` is called.
 */
export async function decide<T>(hook: Hook, log: Log, call: () => T | PromiseLike<T>, onError?: OnError): Promise<T> {
  try {
    return await callWithTimeout(hook, call);
  } catch (error) {
    // The status of LiveKit's API is not the status of this endpoint.
    if (error instanceof LivekitException && !(error instanceof ServerError)) throw error;
    const refusal = toRefusal(error);
    if (refusal !== undefined) throw refusal;
    log.error(`The function ${hook} failed`, { error: errorName(error) });
    callOnError(onError, error);
    throw createException('hook_failed', 'Service Unavailable', { reason: hook });
  }
}

/** Calls `onError`. An error that it throws must not change the response. */
function callOnError(onError: OnError, error: unknown): void {
  try {
    onError?.(error);
  } catch {
    // Ignored: the application has already received the first error.
  }
}

/** Converts an `HTTPException` of Hono, even if the application has another copy of Hono. */
function toRefusal(error: unknown): LivekitException | undefined {
  if (!(error instanceof Error) || !('getResponse' in error) || !('status' in error)) return undefined;
  const { status, message } = error;
  const isError = Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
  return isError ? new LivekitException(message, Number(status), { code: 'refused_by_application' }) : undefined;
}
