// Measures installations of different sizes: users and roles, and participants of a room.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userToken } from '../../tests/support/user-token.ts';
import { hasGenerator, load } from '../lib/load.mjs';
import { inTurns, measureInTurns } from '../lib/rounds.mjs';
import { addRatios, section } from '../lib/section.mjs';
import { onNode } from '../lib/servers.mjs';
import { ratio } from '../lib/statistics.mjs';
import { onD1, onPostgres, onSqlite, roomFor } from '../scale/rooms.mjs';

/** Number of users, who send requests in turn, so that no row is always cached. */
const ASKING = 500;
const ROLES_EACH = 3;
const BODY = JSON.stringify({ roomId: 'channel-abc123' });
const PAGE = 1000;

/** @param {import('../lib/context.mjs').Context} context */
export async function scale({ smoke, load: pace, hostPace, say }) {
  const found = section('Scale', [
    `Token requests: POST /token on Node with a SQLite file, ${pace.connections} connections, each request of another user out of at most ${ASKING}; both servers in turns; the goal is about the CPU of the server’s process, since the clock of a busy machine says little. A user has ${ROLES_EACH} roles. SQLite’s rooms are in memory. Join events: the store applies a joining and a leaving by turns, in rooms in which so many are present; of PostgreSQL and D1 the way to another process and back is in the figure.`,
  ]);
  const users = smoke ? [20, 2000] : [20, 1_000_000];
  await tokenRequests(found, users, pace, say);
  const rooms = smoke ? [10, 100, 200] : [100, 3000, 10_000];
  for (const open of [onSqlite, onD1, onPostgres]) {
    const place = await open().catch((/** @type {Error} */ { message }) => {
      found.skipped.push(`${open.name}: ${message}`);
    });
    if (place === undefined) continue;
    try {
      say(`rooms on ${place.name}`);
      await events(found, place, rooms, hostPace);
    } finally {
      await place.stop();
    }
  }
  return found;
}

/**
 * @param {import('../lib/section.mjs').Section} found
 * @param {number[]} sizes
 * @param {import('../lib/context.mjs').Context['load']} pace
 * @param {(text: string) => void} say
 */
async function tokenRequests(found, sizes, { rounds, seconds, warmSeconds, connections }, say) {
  if (!hasGenerator()) found.skipped.push('autocannon: not installed, so that the load is a stand-in and no figure');
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-bench-'));
  /** @type {Map<string, { server: import('../lib/servers.mjs').Server, users: number }>} */
  const servers = new Map();
  try {
    for (const users of sizes) {
      say(`a database of ${users} users`);
      servers.set(sizeName(users), { server: await onNode(folder, `node-${users}`, (db) => fill(db, users)), users });
    }
    const ask = (/** @type {string} */ name, /** @type {number} */ forSeconds) => {
      const { server, users } = /** @type {{ server: import('../lib/servers.mjs').Server, users: number }} */ (
        servers.get(name)
      );
      const step = Math.max(1, Math.floor(users / ASKING));
      const asking = Array.from({ length: Math.min(users, ASKING) }, (_, at) => headersFor(`scale-${at * step}`));
      return load({ url: server.url, headers: asking, body: BODY }, { seconds: forSeconds, connections });
    };
    for (const name of servers.keys()) {
      say(`warming ${name}`);
      const { failed } = await ask(name, warmSeconds);
      if (failed > 0) throw new Error(`${name}: ${failed} requests failed`);
    }
    const onRound = (/** @type {number} */ round) => say(`token requests, round ${round + 1} of ${rounds}`);
    /** @type {Map<string, number[]>} */
    const cpu = new Map([...servers.keys()].map((name) => [name, []]));
    const values = await inTurns([...servers.keys()], { rounds, onRound }, async (name) => {
      const worked = () => servers.get(name)?.server.cpu() ?? Number.NaN;
      const before = worked();
      const { perSecond, answered } = await ask(name, seconds);
      cpu.get(name)?.push((worked() - before) / answered);
      return 1e9 / perSecond;
    });
    addRatios(found, 'Time for each token request', values);
    const isKnown = [...cpu.values()].flat().every((nanoseconds) => nanoseconds > 0);
    if (isKnown) addRatios(found, 'CPU of each token request', cpu);
    const [small = [], large = []] = [...(isKnown ? cpu : values).values()];
    found.findings['token request / at 20 users'] = ratio(large, small);
  } finally {
    await Promise.all([...servers.values()].map(({ server }) => server.stop()));
    rmSync(folder, { recursive: true });
  }
}

/** @param {number} users */
const sizeName = (users) =>
  `${users.toLocaleString('en')} users, ${(users * ROLES_EACH).toLocaleString('en')} role rows`;

/** @param {string} id */
const headersFor = (id) => ({
  Authorization: `Bearer ${userToken(id)}`,
  'Content-Type': 'application/json',
});

/**
 * Adds users with a role in the demo's community and in two others.
 * @param {import('node:sqlite').DatabaseSync} db
 * @param {number} users
 */
function fill(db, users) {
  const numbers = `WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ${users})`;
  db.exec('BEGIN');
  db.exec(`${numbers} INSERT INTO "User" (id, username) SELECT 'scale-' || n, 'scale-' || n FROM number`);
  for (const community of ['community-kraken', 'community-other', 'community-third']) {
    db.exec(`${numbers} INSERT INTO "UserRoles" (id, userId, communityId, roleId)
      SELECT 'scale-${community}-' || n, 'scale-' || n, '${community}', 'role-member' FROM number`);
  }
  db.exec('COMMIT');
}

/**
 * @param {import('../lib/section.mjs').Section} found
 * @param {import('../scale/rooms.mjs').Place} place
 * @param {number[]} sizes
 * @param {import('../lib/context.mjs').Pace} pace
 */
async function events(found, { name, store, fill: fillRoom }, sizes, pace) {
  for (const size of sizes) await fillRoom(size);
  let count = 0;
  const joins = sizes.map((size) => ({
    name: `a room of ${size.toLocaleString('en')}`,
    async: async () => {
      count += 1;
      const who = Math.floor(count / 2);
      await store.applyPresence({
        ...roomFor(size),
        eventId: `EV_${count}`,
        createdAt: Math.floor(Date.now() / 1000),
        change: count % 2 === 0 ? 'joined' : 'left',
        participant: { sid: `PA_new_${who}_${size}`, identity: `new-${who}`, name: '' },
      });
      return true;
    },
  }));
  const values = await measureInTurns(joins, pace);
  addRatios(found, `Time for each joining or leaving, ${name}`, values);
  const [small = []] = values.values();
  const large = [...values.values()].at(-1) ?? [];
  found.findings[`join event / in a room of 100, ${name}`] = ratio(large, small);
  const last = sizes.at(-1) ?? 0;
  const pages = [sizes[1] ?? 0, last].map((size) => ({
    name: `a page of ${PAGE.toLocaleString('en')} in a room of ${size.toLocaleString('en')}`,
    async: () => store.presence(roomFor(size).room, { limit: PAGE }),
  }));
  addRatios(found, `Time for each read of presence, ${name}`, await measureInTurns(pages, pace));
}
