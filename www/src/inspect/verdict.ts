/** Inspection of a token → a sentence about it. */
import type { Inspection, Json } from '#inspect';

export interface Verdict extends Pick<Inspection, 'refused' | 'warnings'> {
  kind: 'unknown' | 'good' | 'bad';
  sentence: string;
}

export function verdictOf({ signature, accepted, refused, warnings }: Inspection, { iss }: Json): Verdict {
  const found = { refused, warnings };
  switch (signature) {
    case 'not verified':
      return {
        kind: 'unknown',
        sentence: 'Decoded, not verified: everyone can write such a token. Type the secret to check the signature.',
        ...found,
      };
    case 'invalid':
      return { kind: 'bad', sentence: 'Not signed with this secret, or changed since it was signed.', ...found };
    case 'malformed':
      return { kind: 'bad', sentence: 'Not encoded as a token has to be.', ...found };
    case 'valid':
      return accepted
        ? { kind: 'good', sentence: `Verified: signed with this secret for the API key ${iss}.`, ...found }
        : { kind: 'bad', sentence: 'Signed with this secret, and refused all the same.', ...found };
  }
}
