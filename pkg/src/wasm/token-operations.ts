/** Signing and checking with an API key, as functions. */
import { call, encodeInto, jsonText, memoryBytes, now, resultText, runForText, runOnJsonAndBytes } from './instance.js';
import { type Credentials, keyOf } from './keys.js';
import { STANDING_BYTES } from './tokens.js';

/** What every verification is given. */
export interface VerifierArguments extends Credentials {
  readonly refuseFutureIat: boolean;
}

/** Signs an access token. Throws 400 for a claim that is refused, by its name. */
export function signAccessToken(credentials: Credentials, request: object): string {
  const input = jsonText({ ...request, now: now() });
  const { core, key } = keyOf(credentials);
  return runForText(core, input, () => core.sign_access_token(key));
}

/** Checks an access token and returns its payload, the JSON text of its claims. Throws 401. */
export function verifyAccessToken(
  verifier: VerifierArguments,
  { token, clockTolerance }: { readonly token: unknown; readonly clockTolerance: unknown },
): string {
  const isPlain = typeof token === 'string' && isSeconds(clockTolerance);
  // A character takes at least a byte: what is longer cannot fit.
  if (isPlain && token.length <= STANDING_BYTES) {
    const { core, key, standing } = keyOf(verifier);
    const place = memoryBytes(core).subarray(standing, standing + STANDING_BYTES);
    const length = encodeInto(token, place);
    // Of a text with other characters not all may have fitted.
    if (length === token.length) {
      const iat = Number(verifier.refuseFutureIat);
      return resultText(
        core,
        call(core, () => core.verify_short_token(key, length, clockTolerance, iat, now())),
      );
    }
    place.fill(0);
  }
  const { refuseFutureIat } = verifier;
  const input = jsonText({ token, clockTolerance, refuseFutureIat, now: now() });
  const { core, key } = keyOf(verifier);
  return runForText(core, input, () => core.verify_access_token(key));
}

/** Checks the token of a webhook, and that it is for this body. Throws 401. */
export function verifyWebhook(verifier: VerifierArguments, request: object, body: Uint8Array): void {
  const input = jsonText({ ...request, refuseFutureIat: verifier.refuseFutureIat, now: now() });
  const { core, key } = keyOf(verifier);
  runOnJsonAndBytes(core, input, body, (length) => core.verify_webhook(key, length));
}

/** True for numbers that the rules read as they are; what becomes of others, they say when they see them as JSON. */
const isSeconds = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 2 ** 32;
