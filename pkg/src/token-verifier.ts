/** Token → claims, with the names of LiveKit's own SDK. */
import { credentialsOf, nullIsWrong, ownOptions, tokenText } from './arguments.js';
import type { VerifiedClaims } from './grants.js';
import { type VerifierArguments, verifyAccessToken } from './wasm/token-operations.js';

/** Seconds that clocks may differ by unless set, as in LiveKit's SDK. */
export const DEFAULT_CLOCK_TOLERANCE = 10;

/** Options of {@link TokenVerifier}. */
export interface TokenVerifierOptions {
  /** Refuse tokens that say they were issued in the future, which a LiveKit server does not look at. */
  refuseFutureIat?: boolean;
}

/** Checks access tokens: HS256 only, `exp` and `iss` required, every claim of its type, no key twice or in another case. */
export class TokenVerifier {
  readonly #arguments: VerifierArguments;

  /** @throws {@link LivekitException} if key or secret is missing, blank or no string */
  constructor(apiKey: string, apiSecret: string, options?: TokenVerifierOptions | null) {
    this.#arguments = verifierArguments(apiKey, apiSecret, options);
  }

  /** Checks a token. Rejects as {@link verifySync} throws. */
  async verify(token: string, clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE): Promise<VerifiedClaims> {
    return this.verifySync(token, clockTolerance);
  }

  /**
   * Checks a token and returns its claims.
   *
   * @param clockTolerance - seconds, or a span such as `1m`
   * @throws {@link LivekitException} with status 401 for a token that does not hold
   */
  verifySync(token: string, clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE): VerifiedClaims {
    return JSON.parse(
      verifyAccessToken(this.#arguments, { token: tokenText(token), clockTolerance: nullIsWrong(clockTolerance) }),
    );
  }
}

export function verifierArguments(
  apiKey: string,
  apiSecret: string,
  options: TokenVerifierOptions | null | undefined,
): VerifierArguments {
  return { ...credentialsOf(apiKey, apiSecret), refuseFutureIat: ownOptions(options).refuseFutureIat === true };
}
