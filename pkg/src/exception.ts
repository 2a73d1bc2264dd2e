import type { TwirpErrorCode } from './livekit-api/twirp-error-code.js';

/**
 * The HTTP status of each error code and, if it has one, the `error` field of its response body. The codes come from
 * the rules in Rust (`src/error/`), from HTTP (`server/`), from the identity provider (`server/identity-provider/`) and
 * from calls of LiveKit's server (`webhook-receiver.ts`, `server/livekit/`, `server/recording/`). Codes of LiveKit's
 * API are in `livekit-api/twirp-error-code.ts`; their status is that of the server's response.
 */
const STATUS = {
  not_configured: [500],
  unknown_server: [500],
  token_generation: [500],
  grant_refused: [500],
  internal: [500],
  unsupported_runtime: [500],
  invalid_caller: [500],
  hook_failed: [503],
  invalid_claim: [400, 'Bad Request'],
  invalid_ttl: [400, 'Bad Request'],
  invalid_clock_tolerance: [400, 'Bad Request'],
  body_not_json: [400, 'Bad Request'],
  body_not_object: [400, 'Bad Request'],
  body_too_complex: [400, 'Bad Request'],
  body_repeats_field: [400, 'Bad Request'],
  body_not_event: [400, 'Bad Request'],
  body_incomplete: [400, 'Bad Request'],
  invalid_request: [400, 'Bad Request'],
  invalid_webhook: [400],
  invalid_token: [401],
  unauthorized: [401],
  token_revoked: [401, 'Unauthorized'],
  account_banned: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  refused_by_application: [403],
  not_found: [404],
  participant_not_found: [404, 'Not Found'],
  room_not_found: [404, 'Not Found'],
  recording_not_found: [404, 'Not Found'],
  method_not_allowed: [405],
  body_timeout: [408],
  unmute_not_allowed: [409, 'Conflict'],
  recording_exists: [409, 'Conflict'],
  too_large: [413],
  unsupported_media_type: [415],
  too_many_requests: [429],
  livekit_unavailable: [502],
  store_unavailable: [503],
  watching_unavailable: [503],
  recording_not_configured: [503],
  egress_unavailable: [503],
  identity_provider_unavailable: [503],
  livekit_timeout: [504],
} as const satisfies Record<string, readonly [status: number, error?: string]>;

/** Error codes with a fixed status. */
type CodeWithStatus = keyof typeof STATUS;

/**
 * Stable names of all errors. Twirp's codes occur only in a `ServerError`.
 * @useDeclaredType
 */
export type LivekitErrorCode = CodeWithStatus | TwirpErrorCode;

/** Details of a {@link LivekitException} beyond its message and status. */
export interface LivekitExceptionDetails {
  /** Stable name; the default is `internal`. */
  code?: LivekitErrorCode;
  /** Every error of a request, by field. */
  violations?: readonly string[];
  /** The `error` field of the response body. */
  error?: string | undefined;
  /** The exact reason, for the operator's log. Clients never receive it. */
  reason?: string | undefined;
  /** The claim that the error is about: names of fields, separated by dots. */
  path?: string | undefined;
  /** End of a kick that was stored although the participant was not removed (ISO 8601). */
  until?: string | undefined;
  /** The error that caused this one. Unlike the message, it may quote client input. */
  cause?: unknown;
}

/** The body of an HTTP error response, with the fields in this order. */
export interface ErrorBody {
  /** The HTTP status. */
  statusCode: number;
  /** The message, or every error of the request. */
  message: string | readonly string[];
  /** The name of the status. Only some errors have it, as in Kraken. */
  error?: string;
  /** End of a kick that was stored although the participant was not removed (ISO 8601). */
  until?: string;
}

/** The only class of errors that this package throws. The message contains no secret, token or client input. */
export class LivekitException extends Error {
  /** The name of the class. */
  override readonly name: string = 'LivekitException';
  /** The HTTP status of the response. */
  readonly status: number;
  /** Stable name. */
  readonly code: LivekitErrorCode;
  /** Every error of a request; empty for other errors. */
  readonly violations: readonly string[];
  /** The exact reason, for the operator's log. Clients never receive it. */
  readonly reason: string | undefined;
  /** The claim that the error is about: names of fields, separated by dots. */
  readonly path: string | undefined;
  /** The `error` field of the response body. */
  readonly error: string | undefined;
  /** End of a kick that was stored although the participant was not removed (ISO 8601). */
  readonly until: string | undefined;

  /** Creates an error of the application. Errors of this package have the status of their code. */
  constructor(message: string, status = 500, details: LivekitExceptionDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.status = status;
    this.code = details.code ?? 'internal';
    this.violations = Object.freeze([...(details.violations ?? [])]);
    this.reason = details.reason;
    this.path = details.path;
    this.error = details.error;
    this.until = details.until;
  }

  /** The HTTP response body. */
  get body(): ErrorBody {
    const message = this.violations.length > 0 ? this.violations : this.message;
    const body: ErrorBody = { statusCode: this.status, message };
    if (this.error !== undefined) body.error = this.error;
    if (this.until !== undefined) body.until = this.until;
    return body;
  }
}

/** The object that the rules throw. */
interface ErrorOfRules extends Pick<LivekitExceptionDetails, 'reason' | 'path' | 'violations'> {
  readonly code: CodeWithStatus;
  readonly message: string;
}

/** True for an error of the rules, which is a plain object; false for a trap or another bug. */
export const isErrorOfRules = (error: unknown): error is ErrorOfRules =>
  typeof error === 'object' && error !== null && !(error instanceof Error) && 'code' in error;

/** Creates an exception with a code and the status of that code. */
export function createException(
  code: CodeWithStatus,
  message: string,
  details: Omit<LivekitExceptionDetails, 'code' | 'error'> = {},
): LivekitException {
  const [status, error]: readonly [number, string?] = STATUS[code] ?? STATUS.internal;
  return new LivekitException(message, status, { ...details, code, ...(error === undefined ? {} : { error }) });
}

/** Converts an error of the rules into an exception. */
export const toException = ({ code, message, ...details }: ErrorOfRules): LivekitException =>
  createException(code, message, details);

/** Creates the error for a bug of this package. The message contains no part of the cause. */
export const internalError = (cause: unknown): LivekitException =>
  createException('internal', 'Internal server error', { cause });
