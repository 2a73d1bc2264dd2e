/** Error codes of Twirp, the protocol of LiveKit's API (Twirp specification, version 7). */
export const TWIRP_ERROR_CODES = [
  'canceled',
  'unknown',
  'invalid_argument',
  'malformed',
  'deadline_exceeded',
  'not_found',
  'bad_route',
  'already_exists',
  'permission_denied',
  'unauthenticated',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'dataloss',
] as const;

/**
 * An error code of Twirp.
 * @useDeclaredType
 */
export type TwirpErrorCode = (typeof TWIRP_ERROR_CODES)[number];
