// The load generator: autocannon. Every response time is stored, because autocannon's own percentiles are whole
// milliseconds.
import { isInstalled } from '../tokens/field.mjs';
import { quantile } from './statistics.mjs';

/**
 * @typedef {Record<string, string>} Headers
 * @typedef {{ url: string, headers: Headers | Headers[], body: string }} Question requests use an array of headers in
 * turn
 * @typedef {{ answered: number, perSecond: number, p50: number, p99: number, failed: number }} Loaded times are in
 * nanoseconds
 */

/** True if autocannon is installed. The replacement by `fetch` is only for smoke runs. */
export const hasGenerator = () => isInstalled('autocannon');

/**
 * @param {Question} question
 * @param {{ seconds: number, connections: number }} load
 * @returns {Promise<Loaded>}
 */
export async function load(question, { seconds, connections }) {
  /** @type {number[]} */
  const times = [];
  let failed = 0;
  const note = (/** @type {number} */ status, /** @type {number} */ milliseconds) => {
    if (status === 201) times.push(milliseconds);
    else failed += 1;
  };
  const start = performance.now();
  await (hasGenerator() ? autocannon : standIn)(question, { seconds, connections, note });
  const took = (performance.now() - start) / 1000;
  const sorted = Float64Array.from(times).sort();
  const at = (/** @type {number} */ place) => quantile(sorted, place) * 1e6;
  return { answered: times.length, perSecond: times.length / took, p50: at(0.5), p99: at(0.99), failed };
}

/** @param {Headers | Headers[]} headers */
const several = (headers) => (Array.isArray(headers) ? headers : [headers]);

/** @typedef {{ seconds: number, connections: number, note: (status: number, milliseconds: number) => void }} Run */

/** @param {Question} question @param {Run} run */
async function autocannon({ url, headers, body }, { seconds, connections, note }) {
  const { default: cannon } = await import('autocannon');
  await new Promise((resolve, reject) => {
    const requests = several(headers).map((each) => ({ method: 'POST', headers: each, body }));
    const running = cannon({ url, requests, connections, duration: seconds }, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
    running.on('response', (_client, status, _bytes, milliseconds) => note(status, milliseconds));
    running.on('reqError', () => note(0, 0));
  });
}

/** @param {Question} question @param {Run} run */
async function standIn({ url, headers, body }, { seconds, connections, note }) {
  const end = performance.now() + seconds * 1000;
  const all = several(headers);
  let count = 0;
  const loop = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      count += 1;
      const response = await fetch(url, { method: 'POST', headers: all[count % all.length] ?? {}, body });
      await response.arrayBuffer();
      note(response.status, performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
}
