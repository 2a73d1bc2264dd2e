/** Inspects a token: by its claims alone or, with the secret, also its signature. */
import { LivekitException } from '../exception.js';
import { TokenVerifier } from '../token-verifier.js';
import type { Decoded } from './decode.js';
import { refusals, TOLERANCE_SECONDS } from './refusals.js';
import { secretWarning, warnings } from './warnings.js';

/** Result of an inspection. */
export interface Inspection {
  /** `malformed`: the token is malformed, so that its signature cannot be verified. */
  readonly signature: 'not verified' | 'valid' | 'invalid' | 'malformed';
  /** Whether a LiveKit server would accept the token. A signature that was not verified counts as valid. */
  readonly accepted: boolean;
  /** Reasons other than the signature for which a LiveKit server would reject the token, as sentences. */
  readonly refused: readonly string[];
  /** Warnings about an acceptable token, as sentences. */
  readonly warnings: readonly string[];
}

/**
 * Inspects a token.
 *
 * @param secret - the API secret; if it is blank, the signature is not verified
 * @param nowSeconds - Unix seconds
 */
export async function inspect(token: Decoded, secret: string, nowSeconds: number): Promise<Inspection> {
  const refused = await refusals(token);
  const found = warnings(token.claims, nowSeconds);
  if (secret.trim() === '') {
    return { signature: 'not verified', accepted: refused.length === 0, refused, warnings: found };
  }
  const tooShort = secretWarning(secret);
  const reason = refusalReason(token, secret);
  const signature = NOT_SIGNED.includes(reason ?? '') ? 'invalid' : reason === 'malformed' ? 'malformed' : 'valid';
  return {
    signature,
    accepted: refused.length === 0 && reason === undefined,
    refused,
    warnings: [...found, ...(tooShort === undefined ? [] : [tooShort])],
  };
}

/** An API key for a verifier whose issuer does not matter. */
const ANY_KEY = 'key';
/** Error code for an invalid key or secret. */
const NO_KEY = 'not_configured';

/** Reasons that mean an invalid signature. Another algorithm is reported instead of its signature. */
const NOT_SIGNED = ['signature', 'algorithm'];

/**
 * The reason for which the module rejects the token. It verifies the signature first: any reason but `malformed` and
 * {@link NOT_SIGNED} means that the signature is valid.
 */
function refusalReason({ parts, claims }: Decoded, secret: string): string | undefined {
  const { iss } = claims;
  const token = parts.join('.');
  const reason = typeof iss === 'string' ? reasonWith(token, iss, secret) : NO_KEY;
  // For an issuer that cannot be an API key, another key is used: the issuer is compared after the signature.
  const signatureReason = reason === NO_KEY ? reasonWith(token, ANY_KEY, secret) : reason;
  // The secret is invalid, so that it cannot have signed the token.
  return signatureReason === NO_KEY ? 'signature' : signatureReason;
}

function reasonWith(token: string, key: string, secret: string): string | undefined {
  try {
    new TokenVerifier(key, secret).verifySync(token, TOLERANCE_SECONDS);
    return undefined;
  } catch (error) {
    if (!(error instanceof LivekitException)) throw error;
    if (error.code === NO_KEY) return NO_KEY;
    if (error.code !== 'invalid_token') throw error;
    return error.reason ?? error.code;
  }
}
