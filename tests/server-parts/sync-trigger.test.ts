/** The example of docs/moderation.md: PostgreSQL notifies of a change, and the participant is synced. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import postgres from 'postgres';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { node24, root } from '../../scripts/lib/paths.mjs';
import { createTables, loadDemoData, startPostgres } from '../support/postgres/server.mjs';
import { type SyncedRooms, startSyncedRooms } from '../support/synced-rooms.ts';

const ROOM = 'channel-abc123';
const WAIT_MS = 15_000;
const text = readFileSync(join(root, 'docs', 'moderation.md'), 'utf8');

/** The block that follows `<!-- test: name -->`. */
function example(name: string): string {
  const block = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(text)?.[1];
  assert.ok(block, `No example "${name}" is documented`);
  return block;
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + WAIT_MS; !(await isSo()); await new Promise((wake) => setTimeout(wake, 50))) {
    assert.ok(performance.now() < end, `never: ${what}`);
  }
}

let server: Awaited<ReturnType<typeof startPostgres>>;
let sql: ReturnType<typeof postgres>;
let fake: SyncedRooms;
let program: ChildProcess;
// Inside the project, so that `livekit-edge` resolves as it does for a user.
mkdirSync(join(root, '.data'), { recursive: true });
const folder = mkdtempSync(join(root, '.data', 'sync-'));
before(async () => {
  [server, fake] = await Promise.all([startPostgres(), startSyncedRooms()]);
  await createTables(server.url);
  await loadDemoData(server.url);
  sql = postgres(server.url, { max: 1, fetch_types: false, onnotice: () => {} });
  await sql.unsafe(example('sync-sql'));
  const file = join(folder, 'sync.ts');
  writeFileSync(file, example('sync'));
  const env = { ...process.env, ...demoSettings, LIVEKIT_URL: fake.livekit.url, DATABASE_URL: server.url };
  program = spawn(node24(), [file], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await until('the program listens', async () => {
    const [row] = await sql`SELECT count(*)::int AS count FROM pg_stat_activity WHERE query ILIKE 'listen%'`;
    return row?.['count'] > 0;
  });
});
after(async () => {
  program.kill();
  if (program.exitCode === null && program.signalCode === null) await once(program, 'exit');
  await sql.end();
  await Promise.all([server.stop(), fake.stop()]);
  rmSync(folder, { recursive: true });
});

test('a removed role, a ban and a timeout remove the participant', async () => {
  for (const [user, change] of [
    ['user-456', sql`DELETE FROM "UserRoles" WHERE "userId" = 'user-456'`],
    ['user-789', sql`INSERT INTO "CommunityBan" VALUES ('community-kraken', 'user-789', true, NULL)`],
    [
      'user-mod',
      sql`INSERT INTO "CommunityTimeout" VALUES ('community-kraken', 'user-mod', now() + interval '1 hour')`,
    ],
  ] as const) {
    fake.join(ROOM, user);
    await sql`INSERT INTO "VoicePresence" ("roomSid", "participantSid", room, identity, name, "isPresent", "joinedAt", "changedAt")
      VALUES (${`RM_${user}`}, ${`PA_${user}`}, ${ROOM}, ${user}, ${user}, true, 1, 1)`;
    await change;
    await until(`${user} is removed`, () => fake.permission(ROOM, user) === undefined);
  }
});
