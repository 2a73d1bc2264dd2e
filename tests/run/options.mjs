// The options of `npm test`.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Problem } from '../../scripts/lib/problem.mjs';

const MAXIMUM = 64;
/** Of this machine, as far as this process may use them. */
export const CORES = Math.min(availableParallelism(), MAXIMUM);

/**
 * @typedef {object} Options
 * @property {string[] | undefined} only names of parts; all of them if not given
 * @property {number} jobs gates that run at the same time; as many as there are cores if not given
 * @property {number} busy processes that do nothing but use a processor meanwhile
 */

/**
 * @param {string[]} args
 * @param {readonly string[]} parts names that `--only` takes
 * @returns {Options}
 */
export function testOptions(args, parts) {
  const { only, jobs, busy } = parsed(args);
  const names = only?.split(',').filter((name) => name !== '');
  const unknown = names?.filter((name) => !parts.includes(name)) ?? [];
  if (unknown.length > 0 || names?.length === 0) {
    throw new Problem(`--only takes some of these, separated by commas: ${parts.join(', ')}`);
  }
  return { only: names, jobs: count('--jobs', jobs, 1, CORES), busy: count('--busy', busy, 0, 0) };
}

/** @param {string[]} args */
function parsed(args) {
  try {
    return parseArgs({
      args,
      options: { only: { type: 'string' }, jobs: { type: 'string' }, busy: { type: 'string' } },
    }).values;
  } catch (error) {
    throw new Problem(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} minimum
 * @param {number} fallback the default
 */
function count(name, text, minimum, fallback) {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= minimum && value <= MAXIMUM) return value;
  throw new Problem(`${name} takes an integer from ${minimum} to ${MAXIMUM}`);
}
