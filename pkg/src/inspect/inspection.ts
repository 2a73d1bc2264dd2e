/** Whether a token is valid, as far as that can be known: by its claims alone, or with its secret. */
import { LivekitException } from '../exception.js';
import { TokenVerifier } from '../token-verifier.js';
import type { Decoded } from './decode.js';
import { refusals, TOLERANCE_SECONDS } from './refusals.js';
import { secretWarning, warnings } from './warnings.js';

/** What was found in a token. */
export interface Inspection {
  /** `malformed`: the token has a form in which no signature is verified. */
  readonly signature: 'not verified' | 'valid' | 'invalid' | 'malformed';
  /** Whether a LiveKit server accepts the token, if a signature that was not verified is valid. */
  readonly accepted: boolean;
  /** Why a LiveKit server would refuse it, whatever the signature is, as sentences. */
  readonly refused: readonly string[];
  /** What to look at before a client gets it, as sentences. */
  readonly warnings: readonly string[];
}

/**
 * Inspects a token.
 *
 * @param secret - the API secret; with a blank one the signature is not verified
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

/** An API key that issues no token. */
const ANY_KEY = 'key';
/** The code for a key or secret that no server can have. */
const NO_KEY = 'not_configured';

/** Reasons of a token without a valid signature. Another algorithm is reported in place of its signature. */
const NOT_SIGNED = ['signature', 'algorithm'];

/** The module verifies the signature first, so that every reason but those and `malformed` means that it is valid. */
function refusalReason({ parts, claims }: Decoded, secret: string): string | undefined {
  const { iss } = claims;
  const token = parts.join('.');
  const reason = typeof iss === 'string' ? reasonWith(token, iss, secret) : NO_KEY;
  // An issuer that is no API key is refused after the signature was verified, whatever the key is.
  const ofSignature = reason === NO_KEY ? reasonWith(token, ANY_KEY, secret) : reason;
  // A server can have no such secret, so that none has signed the token with it.
  return ofSignature === NO_KEY ? 'signature' : ofSignature;
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
