/** A token on the page: the text in its three parts, the time left, and every claim with its meaning. */
import { type Decoded, explainClaims } from '#inspect';
import { make } from '../dom.ts';
import type { Action } from '../panel.ts';
import { countdown } from './countdown.ts';

const PARTS = ['header', 'payload', 'signature'] as const;

/** Replaces what `place` shows. @param again - what one can do once the token has expired */
export function showToken(place: HTMLElement, token: Decoded, again?: Action): void {
  const text = make('pre', 'jwt');
  token.parts.forEach((part, index) => {
    text.append(...(index > 0 ? ['.'] : []), make('span', PARTS[index] ?? '', part));
  });
  const { exp, nbf, iat } = token.claims;
  const start = [nbf, iat].find((time) => typeof time === 'number');
  const rows = explainClaims(token.claims, timeText).map(({ name, value, meaning }) =>
    make(
      'div',
      'claim',
      make('dt', '', make('code', '', name)),
      make('dd', 'value', value === '' ? make('i', '', 'empty') : value),
      make('dd', 'meaning', meaning),
    ),
  );
  place.replaceChildren(
    ...(typeof exp === 'number' ? [countdown(exp, start, again)] : []),
    make('dl', 'claims', ...rows),
    make('h4', '', 'Header, payload and signature, as they are sent'),
    text,
  );
}

/** In the time zone of the reader, as `2026-11-25 09:30:00`, which is how Swedes write. @param seconds Unix seconds */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toLocaleString('sv-SE');
}
