/** A token on the page: the text in its three parts, the time left, and every claim with its meaning. */
import { make } from '../dom.ts';
import { countdown } from './countdown.ts';
import type { Decoded } from './decode.ts';
import { explainClaims } from './meaning.ts';

const PARTS = ['header', 'payload', 'signature'] as const;

/** Replaces what `place` shows. */
export function showToken(place: HTMLElement, token: Decoded): void {
  const text = make('pre', 'jwt');
  token.parts.forEach((part, index) => {
    text.append(...(index > 0 ? ['.'] : []), make('span', PARTS[index] ?? '', part));
  });
  const { exp, nbf, iat } = token.claims;
  const start = [nbf, iat].find((time) => typeof time === 'number');
  const rows = explainClaims(token.claims).map(({ name, value, meaning }) =>
    make(
      'div',
      'claim',
      make('dt', '', make('code', '', name)),
      make('dd', 'value', value === '' ? make('i', '', 'empty') : value),
      make('dd', 'meaning', meaning),
    ),
  );
  place.replaceChildren(
    ...(typeof exp === 'number' ? [countdown(exp, start)] : []),
    make('dl', 'claims', ...rows),
    make('h4', '', 'As it is sent'),
    text,
  );
}
