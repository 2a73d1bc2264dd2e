/** Creates the errors of failed calls of LiveKit's API. */
import { ServerError } from './server-error.js';
import type { Answer, Json } from './twirp.js';
import { TWIRP_ERROR_CODES, type TwirpErrorCode } from './twirp-error-code.js';

const NAME = 'ServerError';

/** Codes for responses that are not Twirp errors: from the server's authentication, or from a proxy. */
const CODE_BY_STATUS = new Map<number, TwirpErrorCode>([
  [401, 'unauthenticated'],
  [403, 'permission_denied'],
  [404, 'bad_route'],
  [429, 'resource_exhausted'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [504, 'unavailable'],
]);

/** Maximum length of a text of the server in an error, in UTF-16 units. */
const MAX_TEXT = 1000;

/** The error for a call without a response, or with an incomplete one. */
export const unreachable = (cause: unknown): ServerError =>
  new ServerError(NAME, 'LiveKit is unreachable', 502, 'livekit_unavailable', undefined, {
    reason: 'livekit_unreachable',
    cause,
  });

/** The error after the timeout. */
export const tooSlow = (): ServerError =>
  new ServerError(NAME, 'LiveKit did not answer in time', 504, 'livekit_timeout');

/** The error for a malformed response with status 200. */
export const invalidAnswer = (reason: 'livekit_garbage' | 'livekit_too_large', cause?: unknown): ServerError =>
  new ServerError(NAME, "LiveKit's answer is invalid", 502, 'unknown', undefined, {
    reason,
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * The error for a response with another status. It must not contain the token, which LiveKit's server may quote in its
 * response.
 */
export function refused({ status, json }: Answer, token: string): ServerError {
  const code = twirpCode(json, status);
  const isQuotable = (text: unknown): text is string => typeof text === 'string' && !text.includes(token);
  const { msg, meta } = json ?? {};
  return new ServerError(
    NAME,
    `LiveKit refused the call: ${code}`,
    // A redirect, which is not followed, or another 2xx is not an error status.
    status >= 400 ? status : 502,
    code,
    typeof meta === 'object' && meta !== null ? quotableTexts(meta, isQuotable) : undefined,
    { reason: 'livekit_refused', ...(isQuotable(msg) ? { cause: new Error(msg.slice(0, MAX_TEXT)) } : {}) },
  );
}

const twirpCode = (json: Json | undefined, status: number): TwirpErrorCode =>
  TWIRP_ERROR_CODES.find((code) => code === json?.['code']) ?? CODE_BY_STATUS.get(status) ?? 'unknown';

const quotableTexts = (meta: object, isQuotable: (text: unknown) => text is string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(meta).flatMap(([name, value]) =>
      isQuotable(name) && isQuotable(value) ? [[name.slice(0, MAX_TEXT), value.slice(0, MAX_TEXT)]] : [],
    ),
  );
