/** Claims → every error in them. */
import type { ClaimGrants } from './grants.js';
import { jsonText } from './snapshot.js';
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
    | 'empty_list';
  /** A sentence that starts with the path. */
  readonly message: string;
}

/**
 * Every error of claims to be signed: wrong types, unknown fields, limits of the LiveKit server, and credentials in the room
 * configuration. Without an error, `AccessToken` signs them.
 *
 * @throws {@link LivekitException} with status 400 for claims that are too large or cannot be read
 */
export function validateClaims(claims: ClaimGrants | Record<string, unknown>): ClaimError[] {
  const text = jsonText(claims);
  return call((wasm) => wasm.validateClaims(utf8(text)) as ClaimError[]);
}
