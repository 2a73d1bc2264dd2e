// Measures the memory of each watcher of one room, and the time until a change reaches them.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { userToken } from '../../tests/support/user-token.ts';
import { kilobytes, time } from '../lib/format.mjs';
import { section } from '../lib/section.mjs';
import { onNode } from '../lib/servers.mjs';
import { quantile } from '../lib/statistics.mjs';

const CHANNEL = 'channel-abc123';
const PATH = `/api/livekit/channels/${CHANNEL}/voice-presence/events`;
/** Maximum number of streams of a user. */
const EACH = 20;
/** Number of watchers that connect concurrently. */
const AT_ONCE = 50;
const JOINED = 'event: joined';

/** @typedef {{ received: () => number, has: (wanted: string, times: number) => Promise<void>, close: () => void }} Watcher */

/** @param {import('../lib/context.mjs').Context} context */
export async function watchers({ smoke, say }) {
  const found = section('Watchers', [
    'GET …/voice-presence/events on Node with a SQLite file. All watchers watch one room, on connections of this process. The time of a change is measured from sending the webhook until a watcher in this process receives the event: it includes verifying the webhook, the commit, and reading in this process. Each change is sent after the last watcher has received the one before.',
  ]);
  const counts = smoke ? [20, 40] : [1000, 5000];
  const changes = smoke ? 2 : 50;
  const rows = [];
  for (const count of counts) {
    say(`${count} watchers`);
    const { memory, times } = await measure(count, changes);
    const at = (/** @type {number} */ place) => quantile(times, place) * 1e6;
    rows.push([
      count.toLocaleString('en'),
      memory === undefined ? 'unknown' : kilobytes(memory),
      ...[0.5, 0.99, 1].map((place) => time(at(place))),
    ]);
    if (count !== counts[0]) continue;
    if (memory !== undefined) found.findings['memory of a watcher'] = single(memory / 1024);
    found.findings['change to 1,000 watchers, p99'] = single(at(0.99) / 1e6);
  }
  const columns = ['watchers of one room', 'memory of each', 'change, p50', 'p99', 'the last of all'];
  found.tables.push({ caption: `${changes} changes`, table: { columns, rows } });
  return found;
}

const single = (/** @type {number} */ value) => ({ median: value, low: value, high: value });

/**
 * Returns the memory of a watcher in bytes, if the system reports it, and the sorted milliseconds of all changes.
 * @param {number} count @param {number} changes
 */
async function measure(count, changes) {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-bench-'));
  const users = Math.ceil(count / EACH);
  const server = await onNode(folder, 'watchers', (db) => fill(db, users));
  /** @type {Watcher[]} */
  const all = [];
  try {
    const url = new URL(server.url);
    const tokens = Array.from({ length: users }, (_, n) => userToken(`watcher-${n}`));
    // A first webhook, so that its one-time costs are not measured.
    await tell(url, 'warm');
    const before = server.memory();
    while (all.length < count) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - all.length) }, (_, n) =>
        watch(url, tokens[(all.length + n) % users] ?? ''),
      );
      await Promise.all(some.map((watcher) => watcher.has('event: snapshot', 1)));
      all.push(...some);
    }
    const after = server.memory();
    const times = [];
    for (let change = 1; change <= changes; change += 1) {
      const started = performance.now();
      const arrivals = all.map((watcher) => watcher.has(JOINED, change).then(() => watcher.received() - started));
      await tell(url, `change-${change}`);
      times.push(...(await Promise.all(arrivals)));
    }
    const memory = before === undefined || after === undefined ? undefined : (after - before) / count;
    return { memory, times: Float64Array.from(times).sort() };
  } finally {
    for (const watcher of all) watcher.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {import('node:sqlite').DatabaseSync} db
 * @param {number} users
 */
function fill(db, users) {
  const user = db.prepare('INSERT INTO "User" (id, username) VALUES (?, ?)');
  const role = db.prepare('INSERT INTO "UserRoles" (id, userId, communityId, roleId) VALUES (?, ?, ?, ?)');
  for (let n = 0; n < users; n += 1) {
    user.run(`watcher-${n}`, `watcher-${n}`);
    role.run(`watcher-${n}`, `watcher-${n}`, 'community-kraken', 'role-member');
  }
}

/**
 * Opens a connection that counts how often it has received a text.
 * @param {URL} url
 * @param {string} token
 * @returns {Watcher}
 */
function watch({ hostname, port, host }, token) {
  let text = '';
  let received = 0;
  /** @type {(() => void) | undefined} */
  let wake;
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  socket.setEncoding('latin1').on('data', (part) => {
    text += part;
    received = performance.now();
    wake?.();
  });
  socket.on('close', () => wake?.()).on('error', () => {});
  return {
    received: () => received,
    async has(wanted, times) {
      while (text.split(wanted).length <= times) {
        if (socket.destroyed) throw new Error(`A watcher was closed: ${text.slice(0, 200)}`);
        await new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      }
    },
    close: () => socket.destroy(),
  };
}

let events = 0;

/** Sends the webhook of a participant who joins. @param {URL} url @param {string} identity */
async function tell({ origin }, identity) {
  const { AccessToken } = await import('livekit-edge');
  events += 1;
  const body = JSON.stringify({
    event: 'participant_joined',
    id: `EV_${events}`,
    createdAt: `${Math.floor(Date.now() / 1000)}`,
    room: { sid: 'RM_watched', name: CHANNEL },
    participant: { sid: `PA_${events}`, identity, name: identity },
  });
  const token = new AccessToken(demoSettings.LIVEKIT_API_KEY, demoSettings.LIVEKIT_API_SECRET, { ttl: 300 });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  const headers = { Authorization: await token.toJwt(), 'Content-Type': 'application/webhook+json' };
  const response = await fetch(`${origin}/api/livekit/webhook`, { method: 'POST', headers, body });
  if (response.status !== 200) throw new Error(`The webhook was answered ${response.status}`);
}
