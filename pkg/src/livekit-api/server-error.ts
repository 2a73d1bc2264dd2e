/** The error of a call of LiveKit's API, with the names of LiveKit's own SDK. */
import { type LivekitErrorCode, LivekitException, type LivekitExceptionDetails } from '../exception.js';

/**
 * A call of LiveKit's API failed. `code` says how:
 *
 * | code | status | |
 * |---|---|---|
 * | `livekit_unavailable` | 502 | the server is unreachable, or the connection broke |
 * | `livekit_timeout` | 504 | no answer within `requestTimeout` |
 * | `unauthenticated`, `permission_denied` | 401, 403 | the server refuses the key, its secret or the grants |
 * | `not_found` | 404 | there is no such room, participant, dispatch or egress |
 * | `unknown` | 502, or the server's | the answer is not one of LiveKit's API |
 * | any other code of Twirp | the server's | |
 *
 * The message is a sentence of this package. What the server says, which may quote an argument of the call, is the `cause`.
 */
export class ServerError extends LivekitException {
  /** `ServerError`. */
  override readonly name: string;
  /** Details that the server added, by name. */
  readonly metadata?: Record<string, string>;

  /** Creates one as LiveKit's SDK does, for tests of an application. */
  constructor(
    name: string,
    message: string,
    status: number,
    code: LivekitErrorCode = 'unknown',
    metadata?: Record<string, string>,
    details: Pick<LivekitExceptionDetails, 'reason' | 'cause'> = {},
  ) {
    super(message, status, { ...details, code });
    this.name = name;
    if (metadata !== undefined) this.metadata = metadata;
  }
}
