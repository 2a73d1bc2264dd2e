/** Validates claims. */
import type { ClaimGrants } from './grants.js';
import { jsonText } from './snapshot.js';
import { DEFAULT_CLOCK_TOLERANCE, toleranceSeconds } from './token-verifier.js';
import { utf8 } from './utf8.js';
import { call } from './wasm/instance.js';

/** An invalid claim. */
export interface ClaimError {
  /** Path of the claim: names of fields, separated by dots; empty for the claims as a whole. */
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
  /** One sentence that starts with the path. */
  readonly message: string;
}

/**
 * Lists the errors of claims to sign: wrong types, unknown fields, values above LiveKit's limits, and credentials in
 * the room configuration. `AccessToken` signs claims without errors.
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
 * Lists the errors for which a LiveKit server would reject a token with these claims now, if its signature is valid:
 * wrong types, fields that differ from a known one only in case, missing claims, values above LiveKit's limits, and
 * times. Unknown fields are not errors, because a LiveKit server ignores them.
 *
 * @param clockTolerance - seconds, or a duration such as `1m`; at most one day. A LiveKit server uses one minute
 * @throws {@link LivekitException} with status 400 for claims that are too large or cannot be read
 */
export function validateTokenClaims(
  claims: Record<string, unknown>,
  clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE,
): ClaimError[] {
  const [text, tolerance] = [jsonText(claims), toleranceSeconds(clockTolerance)];
  return call((wasm) => wasm.validateTokenClaims(utf8(text), tolerance) as ClaimError[]);
}
