/** The output of the command `inspect`. */
import type { Decoded } from '../inspect/decode.js';
import type { Inspection } from '../inspect/inspection.js';
import { explainClaims } from '../inspect/meaning.js';
import { printable } from './output.js';

/** The output for programs, as JSON. */
export function inspectionJson(decoded: Decoded, inspection: Inspection, now: number): object {
  const { header, claims } = decoded;
  const expiry = finiteExpiry(decoded);
  return {
    header,
    claims,
    meanings: Object.fromEntries(explainClaims(claims, timeText).map(({ name, meaning }) => [name, meaning])),
    ...inspection,
    ...(expiry === undefined ? {} : { expiresAt: timeText(expiry), secondsLeft: Math.floor(expiry - now) }),
  };
}

const SIGNATURE: Record<Inspection['signature'], string> = {
  'not verified': 'The signature is not verified: name its secret with --secret-env or --secret-file.',
  valid: 'The signature is valid.',
  invalid: 'The signature is invalid: another secret signed the token, or it was changed.',
  malformed: 'The signature cannot be verified: the token is malformed.',
};

/** The output for people: the result, then header and claims. */
export function inspectionLines(decoded: Decoded, { signature, refused, warnings }: Inspection, now: number): string[] {
  const headerRows = Object.entries(decoded.header).map(([name, value]) => [name, JSON.stringify(value)]);
  const claimRows = explainClaims(decoded.claims, timeText).map(({ name, value, meaning }) => [
    name,
    value === '' ? '(empty)' : value,
    meaning,
  ]);
  return [
    SIGNATURE[signature],
    lifetimeText(finiteExpiry(decoded), now),
    ...list('A LiveKit server would refuse it:', refused),
    ...list('Check before a client gets it:', warnings),
    ...section('Header', headerRows),
    ...section('Claims', claimRows),
  ].map((line) => line.trimEnd());
}

const list = (title: string, sentences: readonly string[]): string[] =>
  sentences.length === 0 ? [] : ['', title, ...sentences.map((sentence) => `  - ${printable(sentence)}`)];

/** Formats a table. Columns are as wide as their widest cell, up to a maximum. */
function section(title: string, rows: readonly string[][]): string[] {
  const cells = rows.map((row) => row.map(printable));
  // `Math.max(...cells)` would fail for a token with more claims than a call can have arguments.
  const widest = (at: number) => cells.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), 0);
  const widths = [0, 1].map((at) => Math.min(MAX_WIDTH, widest(at)));
  const line = (row: string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return ['', title, ...cells.map((row) => `  ${line(row)}`)];
}

const MAX_WIDTH = 32;

/**
 * The `exp` claim; `undefined` if it is not a finite number. `JSON.parse` returns infinity for a number that is too
 * large.
 */
const finiteExpiry = ({ claims: { exp } }: Decoded): number | undefined =>
  typeof exp === 'number' && Number.isFinite(exp) ? exp : undefined;

function lifetimeText(expiry: number | undefined, now: number): string {
  if (expiry === undefined) return 'It has no valid exp.';
  const seconds = Math.floor(expiry - now);
  return seconds > 0
    ? `It expires in ${durationText(seconds)}, at ${timeText(expiry)}.`
    : `It expired ${durationText(-seconds)} ago, at ${timeText(expiry)}.`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** Formats a duration in its two largest units: `5 h 59 min`. */
function durationText(seconds: number): string {
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0 s';
  let rest = seconds;
  return UNITS.slice(first, first + 2)
    .map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest %= size;
      return `${count} ${unit}`;
    })
    .join(' ');
}

/** Formats a time as ISO 8601; as the number itself if it is out of range. */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString();
}
