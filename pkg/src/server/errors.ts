/** Errors of HTTP itself. Those of the rules come from Rust. */
import { LivekitException } from '../exception.js';

export const NOT_FOUND = new LivekitException('Not Found', 404, { code: 'not_found' });
export const METHOD_NOT_ALLOWED = new LivekitException('Method Not Allowed', 405, { code: 'method_not_allowed' });
export const TOO_LARGE = new LivekitException('request entity too large', 413, { code: 'too_large' });
export const INCOMPLETE_BODY = new LivekitException('Request body is not complete', 400, {
  code: 'body_incomplete',
  error: 'Bad Request',
});
export const LATE_BODY = new LivekitException('Request Timeout', 408, { code: 'body_timeout' });
export const UNSUPPORTED_MEDIA_TYPE = new LivekitException('Unsupported Media Type', 415, {
  code: 'unsupported_media_type',
});
const TOO_MANY = ['Too Many Requests', 429] as const;
export const TOO_MANY_OF_USER = new LivekitException(...TOO_MANY, { code: 'too_many_requests', reason: 'user' });
export const TOO_MANY_OF_ADDRESS = new LivekitException(...TOO_MANY, { code: 'too_many_requests', reason: 'address' });

/** These say what the rules say, where no rule is asked. */
export const FORBIDDEN = new LivekitException('Forbidden resource', 403, {
  code: 'forbidden',
  error: 'Forbidden',
  reason: 'no_grant',
});
export const NOT_CONFIGURED = new LivekitException('LiveKit credentials not configured', 500, {
  code: 'not_configured',
});
export const UNAVAILABLE = new LivekitException('Service Unavailable', 503, { code: 'store_unavailable' });

/** What a log may say of an error that is not ours. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
