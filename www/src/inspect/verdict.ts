/** Whether a token holds, as far as one can know: by its claims alone, or by a secret that somebody typed. */
import { LivekitException, TokenVerifier } from 'livekit-edge';
import type { Decoded } from '../token/decode.ts';
import { faults, TOLERANCE_SECONDS } from '../token/judge.ts';
import { secretWarning, warnings } from '../token/warnings.ts';

export interface Verdict {
  kind: 'unknown' | 'good' | 'bad';
  sentence: string;
  refused: string[];
  careful: string[];
}

/** The signature is checked only if there is a secret. */
export async function judge(token: Decoded, secret: string, nowSeconds: number): Promise<Verdict> {
  const refused = await faults(token);
  const careful = warnings(token.claims, nowSeconds);
  if (secret.trim() === '') {
    const sentence = 'Decoded, not verified: anybody can write such a text. Type the secret to check the signature.';
    return { kind: 'unknown', sentence, refused, careful };
  }
  const tooShort = secretWarning(secret);
  const all = { refused, careful: [...careful, ...(tooShort === undefined ? [] : [tooShort])] };
  const reason = refusal(token, secret);
  if (reason === 'signature') {
    return { kind: 'bad', sentence: 'Not signed with this secret, or changed since it was signed.', ...all };
  }
  if (reason === 'malformed') return { kind: 'bad', sentence: 'Not written as a token has to be.', ...all };
  if (refused.length > 0 || reason !== undefined) {
    return { kind: 'bad', sentence: 'Signed with this secret, and refused all the same.', ...all };
  }
  return {
    kind: 'good',
    sentence: `Verified: signed with this secret for the API key ${token.claims['iss']}.`,
    ...all,
  };
}

/** The module checks the signature before anything else, so any other fault means that it is right. */
function refusal({ parts, claims }: Decoded, secret: string): string | undefined {
  const { iss } = claims;
  try {
    const key = typeof iss === 'string' && iss.trim() !== '' ? iss : 'key';
    new TokenVerifier(key, secret).verifySync(parts.join('.'), TOLERANCE_SECONDS);
    return undefined;
  } catch (error) {
    if (error instanceof LivekitException) return error.reason ?? error.code;
    throw error;
  }
}
