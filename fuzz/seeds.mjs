// The first inputs of the fuzz targets, from the vectors that every runtime is tested with: every string, object and part of a token
// in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/lib/paths.mjs';

const VECTORS = join(root, 'tests', 'vectors');
/** The vectors' API key and the first digits of their time, and those of fuzz/src/checks/keyed.rs. */
const REPLACED = /** @type {const} */ ([
  ['APIruntimes', 'devkey'],
  ['17600', '17000'],
]);

/** @param {string} text */
const replaceKeyAndTime = (text) => REPLACED.reduce((text, [from, to]) => text.replaceAll(from, to), text);
/** @param {string} part */
const decode = (part) => Buffer.from(part, 'base64url').toString();

/**
 * The first digit selects the kind of input in fuzz/src/checks/token.rs.
 * @param {unknown} value of a file of vectors
 * @returns {Generator<string>}
 */
function* inputs(value) {
  if (typeof value === 'string') {
    yield* [replaceKeyAndTime(value), `2${value}`];
    const [header = '', payload = '', ...signature] = value.replace('Bearer ', '').split('.');
    if (signature.length !== 1) return;
    const claims = replaceKeyAndTime(decode(payload));
    yield* [`${header}.${payload}`, decode(header), claims, `0${claims}`, `1${decode(header)}\n${claims}`];
  } else if (typeof value === 'object' && value !== null) {
    const json = replaceKeyAndTime(JSON.stringify(value));
    yield* [json, `0${json}`];
    for (const field of Object.values(value)) yield* inputs(field);
  }
}

/**
 * The inputs, which are the same for every target.
 * @param {number} maxLength
 * @returns {Set<string>}
 */
export function seeds(maxLength) {
  const files = readdirSync(VECTORS).filter((name) => name.endsWith('.json'));
  const all = files.flatMap((name) => [...inputs(JSON.parse(readFileSync(join(VECTORS, name), 'utf8')))]);
  return new Set(all.filter(({ length }) => length <= maxLength));
}
