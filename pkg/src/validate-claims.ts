/** Claims → errors. */
import type { ClaimGrants } from './grants.js';
import { jsonText } from './snapshot.js';
import { DEFAULT_CLOCK_TOLERANCE, toleranceSeconds } from './token-verifier.js';
import { utf8 } from './utf8.js';
import { call } from './wasm/instance.js';

/** An invalid claim. */
export interface ClaimError {
  /** Names of fields, separated by dots; empty for the claims as a whole. */
  readonly path: string;
  /** Stable name of the reason. */
  readonly code:
    | 'wrong_type'
    | 'missing'
    | 'unknown_name'
    | 'unknown_field'
    | 'ambiguous'
    | 'too_long'
    | 'credential'
    | 'empty_list'
    | 'expired'
    | 'not_yet_valid';
  /** A sentence that starts with the path. */
  readonly message: string;
}

/**
 * Every error of claims to be signed: wrong types, unknown fields, limits of the LiveKit server, and credentials in the room
 * configuration. Without an error, `AccessToken` signs them.
 *
 * @example
 * ```ts
 * import { validateClaims } from 'livekit-edge';
 *
 * const [error] = validateClaims({ sub: 'user-456', video: { room: 'channel-abc123', roomJoin: 'yes' } });
 * console.log(error?.path, error?.code); // video.roomJoin wrong_type
 * ```
 *
 * @throws {@link LivekitException} with status 400 for claims that are too large or cannot be read
 */
export function validateClaims(claims: ClaimGrants | Record<string, unknown>): ClaimError[] {
  const text = jsonText(claims);
  return call((wasm) => wasm.validateClaims(utf8(text)) as ClaimError[]);
}

/**
 * Every error for which a LiveKit server would reject a token with these claims now, if its signature is valid: wrong types,
 * fields that differ from a known one in case only, missing claims, exceeded limits, times. A LiveKit server ignores unknown
 * fields: they are not errors.
 *
 * @param clockTolerance - seconds, or a duration such as `1m`; at most one day; a LiveKit server allows one minute
 * @throws {@link LivekitException} with status 400 for claims that are too large or cannot be read
 */
export function validateTokenClaims(
  claims: Record<string, unknown>,
  clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE,
): ClaimError[] {
  const [text, tolerance] = [jsonText(claims), toleranceSeconds(clockTolerance)];
  return call((wasm) => wasm.validateTokenClaims(utf8(text), tolerance) as ClaimError[]);
}
