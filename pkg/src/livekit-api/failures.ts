/** What is thrown when a call of LiveKit's API fails. */
import { ServerError } from './server-error.js';
import type { Answer, Json } from './twirp.js';
import { TWIRP_ERROR_CODES, type TwirpErrorCode } from './twirp-error-code.js';

const NAME = 'ServerError';

/** Codes for answers that are not Twirp's: of the server's authentication, or of a proxy. */
const CODE_OF_STATUS = new Map<number, TwirpErrorCode>([
  [401, 'unauthenticated'],
  [403, 'permission_denied'],
  [404, 'bad_route'],
  [429, 'resource_exhausted'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [504, 'unavailable'],
]);

/** Maximum length of what is kept of the server's texts, in UTF-16 units. */
const MAX_TEXT = 1000;

/** No response, or one that broke off. */
export const unreachable = (cause: unknown): ServerError =>
  new ServerError(NAME, 'LiveKit is unreachable', 502, 'livekit_unavailable', undefined, {
    reason: 'livekit_unreachable',
    cause,
  });

/** No response in time. */
export const tooSlow = (): ServerError =>
  new ServerError(NAME, 'LiveKit did not answer in time', 504, 'livekit_timeout');

/** A response with status 200 that is not the method's. */
export const invalidAnswer = (reason: 'livekit_garbage' | 'livekit_too_large', cause?: unknown): ServerError =>
  new ServerError(NAME, "LiveKit's answer is invalid", 502, 'unknown', undefined, {
    reason,
    ...(cause === undefined ? {} : { cause }),
  });

/** A response with another status. The token is not quoted: LiveKit's server does so in plain text, which is not read. */
export function refused({ status, json }: Answer, token: string): ServerError {
  const code = codeOf(json, status);
  const isQuotable = (text: unknown): text is string => typeof text === 'string' && !text.includes(token);
  const { msg, meta } = json ?? {};
  return new ServerError(
    NAME,
    `LiveKit refused the call: ${code}`,
    // Of a redirect, which is not followed, or of another 2xx there is no status to answer with.
    status >= 400 ? status : 502,
    code,
    typeof meta === 'object' && meta !== null ? textsOf(meta, isQuotable) : undefined,
    { reason: 'livekit_refused', ...(isQuotable(msg) ? { cause: new Error(msg.slice(0, MAX_TEXT)) } : {}) },
  );
}

const codeOf = (json: Json | undefined, status: number): TwirpErrorCode =>
  TWIRP_ERROR_CODES.find((code) => code === json?.['code']) ?? CODE_OF_STATUS.get(status) ?? 'unknown';

const textsOf = (meta: object, isQuotable: (text: unknown) => text is string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(meta).flatMap(([name, value]) =>
      isQuotable(name) && isQuotable(value) ? [[name.slice(0, MAX_TEXT), value.slice(0, MAX_TEXT)]] : [],
    ),
  );
