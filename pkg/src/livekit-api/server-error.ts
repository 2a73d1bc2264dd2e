/** The error of a call of LiveKit's API, with the API of LiveKit's SDK. */
import { type LivekitErrorCode, LivekitException, type LivekitExceptionDetails } from '../exception.js';

/**
 * Error of a call of LiveKit's API. Its `code` is one of:
 *
 * | code | status | |
 * |---|---|---|
 * | `livekit_unavailable` | 502 | the server is unreachable, or the connection broke |
 * | `livekit_timeout` | 504 | no answer within `requestTimeout` |
 * | `unauthenticated`, `permission_denied` | 401, 403 | the server rejects the key, its secret or the grants |
 * | `not_found` | 404 | the room, participant, dispatch or egress does not exist |
 * | `unknown` | 502, or the server's | the response is not one of LiveKit's API |
 * | any other Twirp code | the server's | |
 *
 * The message is a sentence of this package. The `cause` contains the server's message, which may quote an argument of
 * the call.
 */
export class ServerError extends LivekitException {
  /** `ServerError`. */
  override readonly name: string;
  /** Details that the server added, by name. */
  readonly metadata?: Record<string, string>;

  /** Creates an error with the arguments of LiveKit's SDK, for tests of an application. */
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
