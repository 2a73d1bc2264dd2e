/** Kraken's tables as Prisma lays them out, and what only PostgreSQL can hold in them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type PostgresStore, postgresStore } from 'livekit-edge/stores/postgres';
import postgres, { type Sql } from 'postgres';
import { createTables, loadDemoData, type PostgresServer, startPostgres } from '../../scripts/postgres.mjs';
import { migrations } from '../../scripts/serve/migrations.mjs';

/** Column by column: name, type, whether it may be NULL. */
const TABLES: Record<string, string[]> = {
  User: ['id text', 'username text', 'displayName text?', 'role "InstanceRole"', 'banned boolean'],
  Channel: ['id text', 'communityId text', 'name text', 'type "ChannelType"', 'isPrivate boolean'],
  ChannelMembership: ['userId text', 'channelId text', 'addedBy text?'],
  Role: ['id text', 'name text', 'communityId text?', 'isDefault boolean', 'actions "RbacActions"[]?'],
  UserRoles: ['id text', 'userId text', 'communityId text?', 'roleId text', 'isInstanceRole boolean'],
  DirectMessageGroupMember: ['groupId text', 'userId text'],
  CommunityBan: ['communityId text', 'userId text', 'active boolean', 'expiresAt timestamp(3) without time zone?'],
  CommunityTimeout: ['communityId text', 'userId text', 'expiresAt timestamp(3) without time zone'],
};
const QUESTION = { userId: 'user-456', tokenId: null, channelId: 'channel-abc123', groupId: null, identity: null };

let server: PostgresServer;
let sql: Sql;
let store: PostgresStore;
before(async () => {
  server = await startPostgres();
  await createTables(server.url);
  await loadDemoData(server.url);
  sql = postgres(server.url, { max: 1, onnotice: () => {} });
  // Times are UTC wherever the server thinks it is.
  await sql`ALTER DATABASE postgres SET timezone TO 'Asia/Tokyo'`;
  store = postgresStore(server.url);
});
after(async () => {
  await store?.close();
  await sql?.end();
  await server?.stop();
});

test('the tables', async () => {
  for (const [table, columns] of Object.entries(TABLES)) {
    const found = await sql`
      SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required
      FROM pg_attribute WHERE attrelid = ${`"${table}"`}::regclass AND attnum > 0 ORDER BY attnum`;
    assert.deepEqual(
      found.map(({ name, type, required }) => `${name} ${type}${required ? '' : '?'}`),
      columns,
      table,
    );
  }
});

test('the enumerations', async () => {
  const labels = async (name: string) => {
    const found = await sql`
      SELECT enumlabel AS label FROM pg_enum e JOIN pg_type t ON t.oid = enumtypid
      WHERE typname = ${name} ORDER BY enumsortorder`;
    return found.map(({ label }) => label);
  };
  assert.deepEqual(await labels('InstanceRole'), ['OWNER', 'USER']);
  assert.deepEqual(await labels('ChannelType'), ['TEXT', 'VOICE']);
  const actions = await labels('RbacActions');
  assert.equal(actions.length, 55);
  assert.deepEqual([actions[0], actions[21], actions[54]], ['DELETE_MESSAGE', 'JOIN_CHANNEL', 'MUTE_PARTICIPANT']);
});

test('the default roles are those of SQLite', async () => {
  const text = migrations().find(({ name }) => name.startsWith('0002'))?.sql ?? '';
  const expected = [...text.matchAll(/\('(role-[a-z-]+)', '([^']+)', NULL, 1, '(\[[^\]]*\])'\)/g)].map(
    ([, id, name, actions = '']) => ({ id, name, actions: JSON.parse(actions) }),
  );
  assert.equal(expected.length, 3);
  const found = await sql`
    SELECT id, name, to_json(actions) AS actions FROM "Role" WHERE "isDefault" AND "communityId" IS NULL`;
  const byId = (rows: { id?: unknown }[]) => [...rows].sort((a, b) => `${a.id}`.localeCompare(`${b.id}`));
  assert.deepEqual(byId([...found]), byId(expected));
});

test('our own tables may be made again', async () => {
  const { readFileSync } = await import('node:fs');
  const file = new URL('../../pkg/postgres/0002_livekit_edge.sql', import.meta.url);
  await sql.unsafe(readFileSync(file, 'utf8'));
});

test('a time is rounded up, so that nothing is over before its end', async () => {
  const times: Record<string, number> = {
    '2026-01-01 00:00:00': 1_767_225_600,
    '2026-01-01 00:00:00.001': 1_767_225_601,
    '2026-01-01 00:00:00.999': 1_767_225_601,
    '1969-12-31 23:59:59.5': 0,
    '-infinity': 0,
    infinity: 253_402_214_400,
  };
  for (const [time, seconds] of Object.entries(times)) {
    await sql`DELETE FROM "CommunityTimeout" WHERE "userId" = 'user-456'`;
    await sql`DELETE FROM "CommunityBan" WHERE "userId" = 'user-456'`;
    await sql.unsafe(`INSERT INTO "CommunityTimeout" VALUES ('community-kraken', 'user-456', '${time}')`);
    await sql.unsafe(`INSERT INTO "CommunityBan" VALUES ('community-kraken', 'user-456', true, '${time}')`);
    const { timeoutEnds, banEnds } = await store.facts(QUESTION);
    assert.deepEqual([timeoutEnds, banEnds], [seconds, seconds], time);
  }
  await sql`UPDATE "CommunityBan" SET "expiresAt" = NULL WHERE "userId" = 'user-456'`;
  assert.equal((await store.facts(QUESTION)).banEnds, null);
});

test('a role without actions', async () => {
  await sql`INSERT INTO "Role" (id, name, actions) VALUES ('r-null', 'null', NULL)`;
  await sql`INSERT INTO "UserRoles" (id, "userId", "communityId", "roleId")
    VALUES ('l-null', 'user-owner', 'community-kraken', 'r-null')`;
  assert.deepEqual((await store.facts({ ...QUESTION, userId: 'user-owner' })).actions, []);
});

test('two bans of one user, which no key forbids here, are no answer', async () => {
  await sql`DROP INDEX "CommunityBan_communityId_userId_key"`;
  await sql`INSERT INTO "CommunityBan" VALUES ('community-kraken', 'user-789', false), ('community-kraken', 'user-789', true)`;
  await assert.rejects(store.facts({ ...QUESTION, userId: 'user-789' }), TypeError);
});

test('no id may hold U+0000, and a name loses it', async () => {
  await assert.rejects(store.facts({ ...QUESTION, userId: 'user-456\0' }), { name: 'SQLSTATE 22021' });
  const participant = { sid: 'PA_0', identity: 'i', name: 'a\0b' };
  const joined = { eventId: 'EV_0', createdAt: 1, change: 'joined', room: 'r0', roomSid: 'RM_0', participant } as const;
  await store.applyPresence?.(joined);
  assert.deepEqual(await store.presence?.('r0'), [
    { identity: 'i', name: 'a\ufffdb', joinedAt: 1, isServerMuted: false },
  ]);
});
