// The goals of the benchmark, and whether a run reached them.
import { digits, times, withQuartiles } from './format.mjs';

/**
 * @typedef {object} Goal
 * @property {string} finding its name among the findings of the sections
 * @property {string} measure
 * @property {number} most what is reached; with `least` the smallest, otherwise the greatest
 * @property {true} [least]
 * @property {string} [unit]
 */

/** @type {Goal[]} */
export const GOALS = [
  { finding: 'mint / fast-jwt', measure: 'mint, against fast-jwt', most: 0.33 },
  { finding: 'mint / livekit-server-sdk', measure: 'mint, against livekit-server-sdk', most: 0.12 },
  { finding: 'mint / node:crypto', measure: 'mint, against node:crypto by hand', most: 0.5 },
  { finding: 'mint / floor', measure: 'mint, against the HMAC floor', most: 1.5 },
  { finding: 'verify / fast-jwt', measure: 'verify, against fast-jwt', most: 0.5 },
  { finding: 'verify / jose', measure: 'verify, against jose', most: 0.1 },
  { finding: 'native mint / livekit-token', measure: 'native Rust mint, against livekit-token', most: 0.5 },
  { finding: 'core, gzip', measure: 'core: module and JavaScript, gzip', most: 32, unit: 'KB' },
  {
    finding: 'first token / livekit-server-sdk, installed',
    measure: 'import to first token, as installed, against livekit-server-sdk',
    most: 0.5,
  },
  {
    finding: 'first token / livekit-server-sdk, bundled',
    measure: 'import to first token, bundled, against livekit-server-sdk',
    most: 0.5,
  },
  {
    finding: 'requests a second / NestJS',
    measure: 'endpoint: requests a second, against NestJS',
    most: 3,
    least: true,
  },
  { finding: 'p99 / NestJS', measure: 'endpoint: p99, against NestJS', most: 1 },
  { finding: 'memory / NestJS', measure: 'endpoint: memory, against NestJS', most: 1 },
];

/**
 * @param {Record<string, import('./statistics.mjs').Spread>} findings
 * @returns {import('./table.mjs').Table}
 */
export function goalsTable(findings) {
  const rows = GOALS.map(({ finding, measure, most, least, unit }) => {
    const found = findings[finding];
    const goal = `${least ? 'at least' : 'at most'} ${most}${unit ? ` ${unit}` : ''}`;
    if (found === undefined) return [measure, goal, 'not measured', '–'];
    const isReached = least ? found.median >= most : found.median <= most;
    const figure = unit ? `${digits(found.median)} ${unit}` : withQuartiles(found, times);
    return [measure, goal, figure, isReached ? 'yes' : 'no'];
  });
  return { columns: ['measure', 'goal', 'measured', 'reached'], rows };
}
