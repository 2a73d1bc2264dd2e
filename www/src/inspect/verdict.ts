/** Inspection of a token → a panel about it. */
import type { Inspection, Json } from '#inspect';
import { isolated } from '../dom.ts';
import type { Panel } from '../panel.ts';

export interface Verdict extends Pick<Inspection, 'refused' | 'warnings'> {
  panel: Panel;
}

export function toVerdict({ signature, accepted, refused, warnings }: Inspection, { iss }: Json): Verdict {
  return { panel: toPanel(signature, accepted, iss), refused, warnings };
}

function toPanel(signature: Inspection['signature'], accepted: boolean, iss: unknown): Panel {
  switch (signature) {
    case 'not verified':
      return {
        kind: 'info',
        title: 'Decoded, not verified',
        text: 'Anyone can write such a token.',
        next: 'Type the API secret to verify the signature.',
      };
    case 'invalid':
      return {
        kind: 'error',
        title: 'Invalid signature',
        text: 'The token is not signed with this secret, or was changed after it was signed.',
        next: 'Check the secret, and that the token is complete.',
      };
    case 'malformed':
      return {
        kind: 'error',
        title: 'Malformed token',
        text: 'Its parts are not encoded as those of a token must be.',
        next: 'Paste the whole token again.',
      };
    case 'valid':
      return accepted
        ? {
            kind: 'good',
            title: 'Verified',
            text: `The token is signed with this secret, and its API key is ${isolated(`${iss}`)}.`,
          }
        : {
            kind: 'error',
            title: 'Valid signature, but invalid claims',
            text: 'The token is signed with this secret. A LiveKit server refuses it all the same.',
            next: 'The list below has each reason.',
          };
  }
}
