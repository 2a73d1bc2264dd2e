/**
 * Names of everything that can go wrong: what Rust says (`src/error/`), what HTTP is about (`server/errors.ts`), then
 * what others do not do: the identity provider (`server/identity-provider/`), LiveKit's server
 * (`webhook-receiver.ts`, `server/room-service.ts`).
 */
export type LivekitErrorCode =
  | 'not_configured'
  | 'token_generation'
  | 'grant_refused'
  | 'invalid_token'
  | 'invalid_claim'
  | 'invalid_ttl'
  | 'invalid_clock_tolerance'
  | 'body_not_json'
  | 'body_not_object'
  | 'body_too_complex'
  | 'body_repeats_field'
  | 'body_not_event'
  | 'invalid_request'
  | 'unauthorized'
  | 'token_revoked'
  | 'account_banned'
  | 'forbidden'
  | 'store_unavailable'
  | 'not_found'
  | 'method_not_allowed'
  | 'too_large'
  | 'body_incomplete'
  | 'body_timeout'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'identity_provider_unavailable'
  | 'internal'
  | 'invalid_webhook'
  | 'participant_not_found'
  | 'unmute_not_allowed'
  | 'livekit_timeout'
  | 'livekit_unavailable';

/** Details of a {@link LivekitException} beyond its text and status. */
export interface LivekitExceptionDetails {
  /** Stable name to match on; `internal` unless set. */
  code?: LivekitErrorCode;
  /** Every broken rule of a request, by field. */
  violations?: readonly string[];
  /** The `error` member of the response body. */
  error?: string;
  /** Why exactly, for an operator's log and never for the caller. */
  reason?: string;
  /** The error that led to this one. Unlike the text, it may quote what a caller sent. */
  cause?: unknown;
}

/** The body of an HTTP error response, in this order of members. */
export interface ErrorBody {
  statusCode: number;
  message: string | readonly string[];
  error?: string;
}

/**
 * The one error that this package throws; what a getter or `toJson()` of an argument throws passes through. Its text
 * carries no secret, no token and nothing a caller sent.
 */
export class LivekitException extends Error {
  override readonly name = 'LivekitException';
  /** The HTTP status to answer with. */
  readonly status: number;
  /** Stable name to match on. */
  readonly code: LivekitErrorCode;
  /** Every broken rule of a request; empty for other errors. */
  readonly violations: readonly string[];
  /** Why exactly, for an operator's log and never for the caller. */
  readonly reason: string | undefined;
  readonly #label: string | undefined;

  constructor(message: string, status = 500, details: LivekitExceptionDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = status;
    this.code = details.code ?? 'internal';
    this.violations = Object.freeze([...(details.violations ?? [])]);
    this.reason = details.reason;
    this.#label = details.error;
  }

  /** The HTTP response body. */
  get body(): ErrorBody {
    const message = this.violations.length > 0 ? this.violations : this.message;
    const body: ErrorBody = { statusCode: this.status, message };
    if (this.#label !== undefined) body.error = this.#label;
    return body;
  }
}

/** A defect of ours: nothing of it gets out. */
export const INTERNAL: LivekitException = /* @__PURE__ */ new LivekitException('Internal server error');
