/** Verifies access tokens, with the API of LiveKit's SDK. */
import { type ApiCredentials, checkCredentials, checkCredentialsList, readOptions, tokenText } from './arguments.js';
import { createException } from './exception.js';
import type { VerifiedClaims } from './grants.js';
import { utf8 } from './utf8.js';
import type { TokenVerifier as WasmVerifier } from './wasm/generated/livekit_edge.js';
import { call, Handle } from './wasm/instance.js';

/** Default clock tolerance in seconds, as in LiveKit's SDK. */
export const DEFAULT_CLOCK_TOLERANCE = 10;

/** Options of {@link TokenVerifier}. */
export interface TokenVerifierOptions {
  /** Rejects tokens whose `iat` is in the future. A LiveKit server ignores `iat`. */
  refuseFutureIat?: boolean;
}

/**
 * Handle of a verifier in the module.
 * @internal
 */
export type VerifierHandle = Handle<WasmVerifier>;

/**
 * Verifies access tokens: HS256 only, `exp` and `iss` required, every claim of the right type, no field repeated or in
 * another case.
 *
 * @example
 * ```ts
 * import { LivekitException, TokenVerifier } from 'livekit-edge';
 *
 * const verifier = new TokenVerifier('devkey', 'secret');
 * try {
 *   const { sub, video } = await verifier.verify('eyJhbGciOiJIUzI1NiJ9…');
 *   console.log(sub, video?.room);
 * } catch (error) {
 *   if (error instanceof LivekitException) console.log(error.status, error.code);
 * }
 * ```
 */
export class TokenVerifier {
  private readonly handle: () => VerifierHandle;

  /**
   * Creates a verifier for an API key and its secret, or for an array of {@link ApiCredentials}, for example during a
   * key rotation. The issuer of a token selects the key.
   *
   * @throws `LivekitException` if a key or secret is missing, blank or not a string, or a key is repeated
   */
  constructor(...args: VerifierArguments) {
    const handle = verifierHandle(args);
    this.handle = () => handle;
  }

  /** As {@link verifySync}, but rejects instead of throwing. */
  async verify(token: string, clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE): Promise<VerifiedClaims> {
    return this.verifySync(token, clockTolerance);
  }

  /**
   * Verifies a token and returns its claims.
   *
   * @param clockTolerance - seconds, or a duration such as `1m`; at most one day
   * @throws `LivekitException` with status 401 for an invalid token
   */
  verifySync(token: string, clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE): VerifiedClaims {
    const tolerance = toleranceSeconds(clockTolerance);
    const text = utf8(tokenText(token));
    return JSON.parse(this.handle().call((verifier) => verifier.verify(text, tolerance)));
  }
}

/** Arguments of the constructors of {@link TokenVerifier} and `WebhookReceiver`. */
export type VerifierArguments =
  | [apiKey: string, apiSecret: string, options?: TokenVerifierOptions | null | undefined]
  | [credentials: readonly ApiCredentials[], options?: TokenVerifierOptions | null | undefined];

/**
 * Creates a verifier lazily, on first use. With several keys it is created immediately, so that the constructor throws
 * if a key is repeated.
 * @internal
 */
export function verifierHandle(args: VerifierArguments): VerifierHandle {
  const [credentials, options] = isForSeveral(args)
    ? [checkCredentialsList(args[0]), args[1]]
    : [[checkCredentials(args[0], args[1])], args[2]];
  const refuseFutureIat = readOptions(options, ['refuseFutureIat']).refuseFutureIat === true;
  const strings = credentials.flatMap(({ apiKey, apiSecret }) => [apiKey, apiSecret]);
  const handle: VerifierHandle = new Handle(
    ({ TokenVerifier }) => new TokenVerifier(strings, refuseFutureIat),
    () => undefined,
  );
  if (credentials.length > 1) handle.create();
  return handle;
}

const isForSeveral = (
  args: VerifierArguments,
): args is Extract<VerifierArguments, [readonly unknown[], ...unknown[]]> =>
  typeof args[0] === 'object' && args[0] !== null;

/** Maximum length of a duration in UTF-16 units. */
const MAX_DURATION_LENGTH = 64;

/** Converts a clock tolerance to seconds. Throws 400 for an invalid value. */
export function toleranceSeconds(tolerance: unknown): number {
  if (typeof tolerance === 'number') return tolerance;
  const isDuration = typeof tolerance === 'string' && tolerance.length <= MAX_DURATION_LENGTH;
  const seconds = isDuration ? call(({ parseDuration }) => parseDuration(tolerance)) : undefined;
  if (seconds !== undefined) return seconds;
  throw createException(
    'invalid_clock_tolerance',
    'clockTolerance must be a number of seconds or a duration such as "1m", at most one day',
  );
}
