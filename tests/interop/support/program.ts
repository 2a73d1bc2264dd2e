/** The verifier of a foreign SDK as a function. */
import type { Verify } from './accepted.ts';
import { ready } from './ready.ts';

/** Verifies all tokens in one run; a string is the reason why the SDK cannot run here. */
export async function verifierOf(language: Parameters<typeof ready>[0]): Promise<Verify | string> {
  const program = await ready(language);
  if ('missing' in program) return program.missing;
  return async (tokens, key, secret) => {
    const output = await program('verify', key, secret, tokens.map((token) => `${token}\n`).join(''));
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
}
