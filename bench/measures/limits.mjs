// Measures the cost of rate limits for a token request: without limits, counted in the process, counted in PostgreSQL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { root } from '../../scripts/lib/paths.mjs';
import { createTables, loadDemoData, startPostgres } from '../../tests/support/postgres/server.mjs';
import { userToken } from '../../tests/support/user-token.ts';
import { hasGenerator, load } from '../lib/load.mjs';
import { inTurns } from '../lib/rounds.mjs';
import { addRatios, section } from '../lib/section.mjs';
import { onNodeWith } from '../lib/servers.mjs';

/** Number of users, who send requests in turn, each from its own address. */
const ASKING = 500;
const BODY = JSON.stringify({ roomId: 'channel-abc123' });
/** A limit that is never reached, so that every request is counted. */
const LIMIT = '999999999';
const LIMITED = { RATE_LIMIT_PER_USER: LIMIT, RATE_LIMIT_PER_ADDRESS: LIMIT };
const IN_MEMORY = join(root, 'bench', 'runtimes', 'memory-limits.mjs');
/** @type {Record<string, { settings: Record<string, string>, entry?: string }>} */
const PLACES = {
  'no limits': { settings: {} },
  'counted in the process': { settings: LIMITED, entry: IN_MEMORY },
  'counted in PostgreSQL': { settings: LIMITED },
};

/** @param {import('../lib/context.mjs').Context} context */
export async function limits({ load: { rounds, seconds, warmSeconds, connections }, say }) {
  const found = section('Rate limits', [
    `POST /token on Node with PostgreSQL on the same machine, ${connections} connections, ${ASKING} users and addresses in turns, both limits; the three servers in turns. The time is the median of a round’s response times.`,
  ]);
  if (!hasGenerator()) found.skipped.push('autocannon: not installed, so that the load is a stand-in and no figure');
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-bench-'));
  /** @type {Map<string, import('../lib/servers.mjs').Server>} */
  const servers = new Map();
  const database = await startPostgres().catch((/** @type {Error} */ { message }) => {
    found.skipped.push(`PostgreSQL: ${message}`);
  });
  if (database === undefined) return found;
  try {
    for (const [name, { settings, entry }] of Object.entries(PLACES)) {
      const place = `limits_${servers.size}`;
      const DATABASE_URL = await filled(await database.createDatabase(place));
      const proxy = { CLIENT_ADDRESS_HEADER: 'X-Real-IP', DATABASE_URL };
      servers.set(name, await onNodeWith(folder, place, { ...settings, ...proxy }, entry));
    }
    const headers = Array.from({ length: ASKING }, (_, at) => headersFor(at));
    const ask = async (/** @type {string} */ name, /** @type {number} */ forSeconds) => {
      const { url } = /** @type {import('../lib/servers.mjs').Server} */ (servers.get(name));
      const loaded = await load({ url, headers, body: BODY }, { seconds: forSeconds, connections });
      if (loaded.failed > 0) throw new Error(`${name}: ${loaded.failed} requests failed`);
      return loaded;
    };
    for (const name of servers.keys()) {
      say(`warming ${name}`);
      await ask(name, warmSeconds);
    }
    const names = [...servers.keys()];
    /** @type {Map<string, number[]>} */
    const cpu = new Map(names.map((name) => [name, []]));
    const onRound = (/** @type {number} */ round) => say(`rate limits, round ${round + 1} of ${rounds}`);
    const times = await inTurns(names, { rounds, onRound }, async (name) => {
      const worked = () => servers.get(name)?.cpu() ?? Number.NaN;
      const before = worked();
      const { p50, answered } = await ask(name, seconds);
      cpu.get(name)?.push((worked() - before) / answered);
      return p50;
    });
    addRatios(found, 'Time of a token request', times);
    const isKnown = [...cpu.values()].flat().every((nanoseconds) => nanoseconds > 0);
    if (isKnown) addRatios(found, 'CPU of a token request in the process', cpu);
  } finally {
    await Promise.all([...servers.values()].map(({ stop }) => stop()));
    await database.stop();
    rmSync(folder, { recursive: true });
  }
  return found;
}

/** Creates the demo data, and users with a role. @param {string} url */
async function filled(url) {
  await createTables(url);
  await loadDemoData(url);
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  await sql`INSERT INTO "User" (id, username) SELECT 'limited-' || n, 'limited-' || n FROM generate_series(0, ${ASKING - 1}::int) n`;
  await sql`
    INSERT INTO "UserRoles" (id, "userId", "communityId", "roleId")
    SELECT 'limited-' || n, 'limited-' || n, 'community-kraken', 'role-member' FROM generate_series(0, ${ASKING - 1}::int) n`;
  await sql`ANALYZE`;
  await sql.end();
  return url;
}

/** @param {number} at */
function headersFor(at) {
  const id = `limited-${at}`;
  return {
    Authorization: `Bearer ${userToken(id)}`,
    'Content-Type': 'application/json',
    'X-Real-IP': `10.0.${at >> 8}.${at & 255}`,
  };
}
