// Measures POST /token: the endpoint and a NestJS application, in turns under the same load.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { userToken } from '../../tests/support/user-token.ts';
import { time, withQuartiles } from '../lib/format.mjs';
import { hasGenerator, load } from '../lib/load.mjs';
import { DENO, isThere } from '../lib/programs.mjs';
import { section } from '../lib/section.mjs';
import { onDeno, onNest, onNode, onWorkerd } from '../lib/servers.mjs';
import { ratio, spread } from '../lib/statistics.mjs';
import { isInstalled } from '../tokens/field.mjs';

const OURS = 'livekit-edge on Node, SQLite';
const NEST = 'NestJS, passport-jwt, livekit-server-sdk, SQLite';
const BODY = JSON.stringify({ roomId: 'channel-abc123', name: 'Alice' });
const MB = 1024 * 1024;

const MEMORY_WORKER = join(root, 'bench', 'runtimes', 'memory-worker.mjs');

/** @typedef {import('../lib/load.mjs').Loaded & { cpu: number }} Measured */

/** @param {import('../lib/context.mjs').Context} context */
export async function endpoint({ load: pace, say }) {
  const found = section('Endpoint', [
    `POST /token with ${pace.connections} keep-alive connections, in turns. The load generator runs in this process, and each server in its own. The first two run on the same Node version, each with the demo data in a SQLite file; both send the same single query for each request, write a log line for each token to a file, and have no rate limits. The NestJS application is Kraken’s controller, service and validation; its guard sends our single query instead of Kraken’s several. Before the load their responses were compared, including rejections. The Worker with a store in memory shows the cost without the local D1. The CPU time of a request is that of all threads of the server’s process; on a busy machine it is more accurate than the elapsed time.`,
  ]);
  if (!hasGenerator()) found.skipped.push('autocannon: not installed, so that the load is a stand-in and no figure');
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-bench-'));
  /** @type {Map<string, import('../lib/servers.mjs').Server>} */
  const servers = new Map();
  try {
    servers.set(OURS, await onNode(folder));
    if (['@nestjs/core', 'passport-jwt'].every(isInstalled)) servers.set(NEST, await onNest(folder));
    else found.skipped.push('@nestjs/core: not installed');
    servers.set('livekit-edge on workerd (Miniflare), D1', await onWorkerd());
    servers.set('livekit-edge on workerd (Miniflare), store in memory', await onWorkerd(MEMORY_WORKER));
    if (isThere(DENO)) servers.set('livekit-edge on Deno, SQLite', await onDeno(folder));
    else found.skipped.push('Deno: its npm package came without its program');
    for (const [name, { url }] of servers) {
      await checkAnswers(url).catch((error) => Promise.reject(new Error(`${name}: ${error.message}`)));
    }
    const measured = await underLoad(servers, pace, say);
    const of = (/** @type {string} */ name, /** @type {keyof Measured} */ figure) =>
      (measured.get(name) ?? []).map((round) => round[figure]);
    found.tables.push({
      table: {
        columns: ['', 'requests a second', 'p50', 'p99', 'CPU a request', 'memory after'],
        rows: [...servers].map(([name, { memory }]) => [
          name,
          withQuartiles(spread(of(name, 'perSecond')), (value) => value.toFixed(0)),
          withQuartiles(spread(of(name, 'p50')), time),
          withQuartiles(spread(of(name, 'p99')), time),
          Number.isNaN(of(name, 'cpu')[0]) ? '–' : withQuartiles(spread(of(name, 'cpu')), time),
          megabytes(memory()),
        ]),
      },
    });
    found.charts.push({
      title: 'POST /token: requests a second (longer is better)',
      bars: [...servers.keys()].map((name) => {
        const value = spread(of(name, 'perSecond')).median;
        return { name, value, label: value.toFixed(0), isOurs: name !== NEST };
      }),
    });
    const ourCpu = of(OURS, 'cpu').map((nanoseconds) => nanoseconds / 1000);
    if (hasGenerator() && ourCpu.every((microseconds) => microseconds > 0)) {
      found.findings['CPU of a request, Node'] = spread(ourCpu);
    }
    if (servers.has(NEST) && hasGenerator()) {
      found.findings['requests a second / NestJS'] = ratio(of(OURS, 'perSecond'), of(NEST, 'perSecond'));
      found.findings['p99 / NestJS'] = ratio(of(OURS, 'p99'), of(NEST, 'p99'));
      const memory = (servers.get(OURS)?.memory() ?? Number.NaN) / (servers.get(NEST)?.memory() ?? Number.NaN);
      found.findings['memory / NestJS'] = { median: memory, low: memory, high: memory };
    }
  } finally {
    await Promise.all([...servers.values()].map(({ stop }) => stop()));
    rmSync(folder, { recursive: true });
  }
  return found;
}

/**
 * @param {Map<string, import('../lib/servers.mjs').Server>} servers
 * @param {import('../lib/context.mjs').Context['load']} pace
 * @param {(text: string) => void} say
 */
async function underLoad(servers, { rounds, seconds, warmSeconds, connections }, say) {
  const headers = headersFor('user-456');
  /** @type {Map<string, Measured[]>} */
  const measured = new Map([...servers.keys()].map((name) => [name, []]));
  for (const [name, { url }] of servers) {
    say(`warming ${name}`);
    await load({ url, headers, body: BODY }, { seconds: warmSeconds, connections });
  }
  for (let round = 0; round < rounds; round += 1) {
    const turn = [...servers].map(
      (_, place, all) => /** @type {(typeof all)[0]} */ (all[(place + round) % all.length]),
    );
    for (const [name, { url, cpu }] of turn) {
      say(`round ${round + 1} of ${rounds}, ${name}`);
      const before = cpu() ?? Number.NaN;
      const result = await load({ url, headers, body: BODY }, { seconds, connections });
      if (result.failed > 0) throw new Error(`${name}: ${result.failed} requests failed`);
      measured.get(name)?.push({ ...result, cpu: ((cpu() ?? Number.NaN) - before) / result.answered });
    }
  }
  return measured;
}

/** @param {string} id of a demo user */
function headersFor(id) {
  return { Authorization: `Bearer ${userToken(id)}`, 'Content-Type': 'application/json' };
}

/** Checks that the responses of a server are correct. @param {string} url */
async function checkAnswers(url) {
  const ask = (/** @type {Record<string, string>} */ headers, /** @type {string} */ body) =>
    fetch(url, { method: 'POST', headers, body });
  const response = await ask(headersFor('user-456'), BODY);
  assert.equal(response.status, 201);
  const { token, expiresAt, ...rest } = await response.json();
  assert.deepEqual(rest, { identity: 'user-456', roomId: 'channel-abc123', url: demoSettings['LIVEKIT_URL'] });
  const { exp, nbf, ...claims } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  const grant = { room: 'channel-abc123', roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true };
  assert.deepEqual(claims, { iss: demoSettings['LIVEKIT_API_KEY'], sub: 'user-456', name: 'Alice', video: grant });
  assert.ok(exp - nbf === 3600 && Math.abs(Date.parse(expiresAt) / 1000 - exp) < 2, 'times');
  const json = { 'Content-Type': 'application/json' };
  assert.equal((await ask(json, BODY)).status, 401);
  assert.equal((await ask(headersFor('user-banned'), BODY)).status, 401);
  assert.equal((await ask(headersFor('user-stranger'), BODY)).status, 403);
  assert.equal((await ask(headersFor('user-456'), '{"roomId":"channel-abc123","ttl":0}')).status, 400);
}

/** @param {number | undefined} bytes */
const megabytes = (bytes) => (bytes === undefined ? '–' : `${(bytes / MB).toFixed(0)} MB`);
