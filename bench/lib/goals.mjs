// The goals of the benchmark, and whether a run reached them.
import { digits, times, withQuartiles } from './format.mjs';

/**
 * @typedef {object} Goal
 * @property {string} finding its name among the findings of the sections
 * @property {string} measure
 * @property {number} most what is reached; with `least` the smallest, otherwise the greatest
 * @property {true} [least]
 * @property {string} [unit]
 * @property {string} next why it may not be reached, and what to try
 */

/** @type {Goal[]} */
export const GOALS = [
  {
    finding: 'mint / fast-jwt',
    measure: 'mint, against fast-jwt',
    most: 0.33,
    next: 'What is hashed anew for every token is the largest part of a call, and wasm has no instructions for SHA-256; the rest is spread over arguments, base64, the text of the result and its Date. Next: fewer checks of the same texts on both sides of the boundary.',
  },
  {
    finding: 'mint / livekit-server-sdk',
    measure: 'mint, against livekit-server-sdk',
    most: 0.12,
    next: 'What is hashed anew is the largest part of our call, and wasm has no instructions for SHA-256; the SDK’s time is mostly that of waiting for Web Crypto’s threads, which an idle machine serves sooner. Next: fewer checks of the same texts on both sides of the boundary.',
  },
  {
    finding: 'mint / node:crypto',
    measure: 'mint, against node:crypto by hand',
    most: 0.5,
    next: 'By hand on Node the hash is OpenSSL’s, which has the processor’s SHA instructions; wasm has none. Next: as against fast-jwt.',
  },
  {
    finding: 'mint / floor',
    measure: 'mint, against the HMAC floor',
    most: 1.5,
    next: 'A token needs its claims written, base64 and two ways across the boundary beside what is hashed anew. Next: as against fast-jwt.',
  },
  {
    finding: 'verify / fast-jwt',
    measure: 'verify, against fast-jwt',
    most: 0.5,
    next: 'The hash is the largest part of a call, and tokens of others share nothing of it; JSON.parse, by which the claims become an object, is the next, then base64. Next: check the claims while they are read, without a tree of values between.',
  },
  {
    finding: 'verify / jose',
    measure: 'verify, against jose',
    most: 0.1,
    next: 'Our own as against fast-jwt; jose’s time is mostly that of waiting for Web Crypto’s threads.',
  },
  {
    finding: 'native mint / livekit-token',
    measure: 'native Rust mint, against livekit-token',
    most: 0.5,
    next: 'Claims are copied into strings of their own before they are written. Next: write from borrowed texts into the buffer that is signed.',
  },
  {
    finding: 'core, gzip',
    measure: 'core: module and JavaScript, gzip',
    most: 32,
    unit: 'KB',
    next: 'The JavaScript is mostly the tables of webhook events. The module has everything strict in it: a JSON reader, all claims, room configurations with LiveKit’s schema. At opt-level z, a line of Cargo.toml, it would be smaller and calls slower. Next: the hot paths in a crate of their own, so that all else can be at z; one table for claims and room configurations.',
  },
  {
    finding: 'first token / livekit-server-sdk, installed',
    measure: 'import to first token, as installed, against livekit-server-sdk',
    most: 0.5,
    next: 'Next: see the bundled start.',
  },
  {
    finding: 'first token / livekit-server-sdk, bundled',
    measure: 'import to first token, bundled, against livekit-server-sdk',
    most: 0.5,
    next: 'Most of it is compiling the module (see the module alone). Next: a smaller one.',
  },
  {
    finding: 'requests a second / NestJS',
    measure: 'endpoint: requests a second, against NestJS',
    most: 3,
    next: 'A profile of the Node process: a quarter is the write to the socket, a seventh the SQLite query, as much the log line, a tenth the module, an eighth Node’s HTTP; Hono, its adapter and garbage are a tenth together. Next: log lines that are written together (a fifteenth of all), and facts in a shorter form than JSON.',
    least: true,
  },
  { finding: 'p99 / NestJS', measure: 'endpoint: p99, against NestJS', most: 1, next: 'As for requests a second.' },
  {
    finding: 'memory / NestJS',
    measure: 'endpoint: memory, against NestJS',
    most: 1,
    next: 'No real Request, Response, Headers or stream is made for a request any more. Next: what is left of its heap, by a snapshot.',
  },
];

/**
 * @param {Record<string, import('./statistics.mjs').Spread>} findings
 * @returns {import('./table.mjs').Table}
 */
export function goalsTable(findings) {
  const rows = GOALS.map(({ finding, measure, most, least, unit, next }) => {
    const found = findings[finding];
    const goal = `${least ? 'at least' : 'at most'} ${most}${unit ? ` ${unit}` : ''}`;
    if (found === undefined) return [measure, goal, 'not measured', '–', ''];
    const isReached = least ? found.median >= most : found.median <= most;
    const figure = unit ? `${digits(found.median)} ${unit}` : withQuartiles(found, times);
    return [measure, goal, figure, isReached ? 'yes' : 'no', isReached ? '' : next];
  });
  return { columns: ['measure', 'goal', 'measured', 'reached', 'if not: reason and next idea'], rows };
}
