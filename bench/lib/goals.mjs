// The goals of the benchmark, and their comparison with a run.
import { digits, times, withQuartiles } from './format.mjs';

/**
 * @typedef {object} Goal
 * @property {string} finding name of the finding in a section
 * @property {string} measure
 * @property {number} most limit: with `least` the minimum, otherwise the maximum
 * @property {true} [least]
 * @property {string} [unit]
 * @property {string} next reason if it is not reached, and the next idea
 */

/** @type {Goal[]} */
export const GOALS = [
  {
    finding: 'mint / fast-jwt',
    measure: 'mint, against fast-jwt',
    most: 0.33,
    next: 'A quarter of a call is the hash of what tokens do not share, for which wasm has no instructions. The rest is flat, the largest parts each a twentieth: the three arguments (0.10 µs), the memory allocator, base64, decoding the result, whether strings are well-formed, clock and Date. Tried: one buffer for all arguments (0.04 µs less), sha2 without SIMD, and memory copied without wasm’s bulk instructions (neither is faster), opt-level 2 for the rules (a twentieth less, 10 KB more). Next: a runtime with instructions for SHA-256.',
  },
  {
    finding: 'mint, another TTL / fast-jwt',
    measure: 'mint, every call another TTL, against fast-jwt',
    most: 0.36,
    next: 'As mint: `exp` comes after the claims that tokens of one second share, so that another TTL costs nothing.',
  },
  {
    finding: 'mint / node:crypto',
    measure: 'mint, against node:crypto by hand',
    most: 0.5,
    next: 'By hand on Node the hash is OpenSSL’s, which has the processor’s SHA instructions; wasm has none. Next: as against fast-jwt.',
  },
  {
    finding: 'AccessToken / fast-jwt',
    measure: 'AccessToken.toJwtSync, against fast-jwt',
    most: 0.95,
    next: 'Two thirds of a call is the module, which hashes the whole token (a quarter), encodes it, parses the JSON text of the claims into a tree, checks each by its type and writes them in order (a tenth each); JSON.stringify is another tenth. Next: check and write the claims while they are parsed, without the tree.',
  },
  {
    finding: 'verify / fast-jwt',
    measure: 'verify, against fast-jwt',
    most: 0.65,
    next: 'The hash is a quarter of a call, JSON.parse, by which the claims become an object, a fifth, and strict parsing in the module a seventh; checks and base64 are a fifteenth each. Next: check the claims while they are parsed, without a tree of values between.',
  },
  {
    finding: 'native mint / livekit-token',
    measure: 'native Rust mint, against livekit-token',
    most: 0.5,
    next: 'Claims are written from the request into one buffer and signed; the hash is two fifths of a call, base64 a seventh. Next: a service that keeps its prefix of the second, as the npm package does.',
  },
  {
    finding: 'module, gzip',
    measure: 'the module, gzip',
    most: 56,
    unit: 'KB',
    next: 'Two thirds are functions of the rules and of the boundary, hundreds of them, none above a fortieth; constants are an eighth, the standard library a tenth, serde_json 3 %, core::fmt 2 %. Other levels of wasm-opt save less than 1 %. The endpoint alone uses settings, keys, servers, requests and RBAC. Next: a second module for the endpoint, or the settings of a process in JavaScript.',
  },
  {
    finding: 'tokens, gzip',
    measure: 'livekit-edge/tokens: module and JavaScript, gzip',
    most: 62,
    unit: 'KB',
    next: 'See the module.',
  },
  {
    finding: 'first token / livekit-server-sdk, bundled',
    measure: 'import to first token, bundled, against livekit-server-sdk',
    most: 0.5,
    next: 'Most of it is compiling the module (see the module alone). Next: a smaller one.',
  },
  {
    finding: 'first token of livekit-edge/tokens / livekit-server-sdk, installed',
    measure: 'import of livekit-edge/tokens to first token, as installed, against livekit-server-sdk',
    most: 0.25,
    next: 'Next: see the bundled start.',
  },
  {
    finding: 'first token / livekit-server-sdk, installed',
    measure: 'import to first token, as installed, against livekit-server-sdk',
    most: 0.6,
    next: 'Most of it is loading @livekit/protocol, which livekit-edge/tokens does without.',
  },
  {
    finding: 'requests a second / NestJS',
    measure: 'endpoint: requests a second, against NestJS',
    most: 2.5,
    next: 'Parts left out one by one: the query of facts is a quarter of a request’s CPU, though it takes 5 µs in a loop (a request meets SQLite cold), the line in the log a tenth; timeouts, secure headers and request ids are too small to measure. Node’s HTTP with its system calls is most of the rest. Next: a query with fewer subqueries, and log lines that are written together.',
    least: true,
  },
  {
    finding: 'CPU of a request, Node',
    measure: 'endpoint: CPU of a request on Node',
    most: 90,
    unit: 'µs',
    next: 'As for requests a second. The clock rate of the machine counts here.',
  },
  { finding: 'p99 / NestJS', measure: 'endpoint: p99, against NestJS', most: 1, next: 'As for requests a second.' },
  {
    finding: 'memory / NestJS',
    measure: 'endpoint: memory, against NestJS',
    most: 1,
    next: 'No real Request, Response, Headers or stream is made for a request any more. Next: what is left of its heap, by a snapshot.',
  },
  {
    finding: 'token request / at 20 users',
    measure: 'token request at 1,000,000 users and 3,000,000 role rows, against 20 users',
    most: 1.4,
    next: 'Each part of the query is a search in an index, some levels deeper in the larger one. Next: fewer of them.',
  },
  {
    finding: 'memory of a watcher',
    measure: 'memory of each of 1,000 watchers of a room, Node',
    most: 64,
    unit: 'KB',
    next: 'Node’s socket, request and response, two timers, and the stream with Hono’s adapter. Next: a heap snapshot of them.',
  },
  {
    finding: 'change to 1,000 watchers, p99',
    measure: 'a change of presence to 1,000 watchers of a room, p99',
    most: 100,
    unit: 'ms',
    next: 'Node writes to each connection by a system call of its own. Next: see how much of it is the reading process.',
  },
  ...['SQLite', 'D1 (Miniflare)', 'PostgreSQL'].map((store) => ({
    finding: `join event / in a room of 100, ${store}`,
    measure: `join event in a room of 10,000, against a room of 100, ${store}`,
    most: 2,
    next: 'No statement reads more rows in a large room (tests/stores/scale.test.ts). Next: see what the store waits for.',
  })),
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
