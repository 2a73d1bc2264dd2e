/** Kraken's tables as Prisma creates them, and values that only PostgreSQL allows in them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type PostgresStore, postgresStore } from 'livekit-edge/stores/postgres';
import postgres from 'postgres';
import { defaultRoles } from '../support/default-roles.ts';
import { createTables, loadDemoData } from '../support/postgres/server.mjs';
import { QUESTION, withPostgres } from '../support/with-postgres.ts';

/** Column by column: name, type, whether it may be NULL. */
const TABLES: Record<string, string[]> = {
  User: ['id text', 'username text', 'displayName text?', 'role "InstanceRole"', 'banned boolean'],
  Channel: ['id text', 'communityId text', 'name text', 'type "ChannelType"', 'isPrivate boolean'],
  ChannelMembership: ['userId text', 'channelId text', 'addedBy text?'],
  Role: ['id text', 'name text', 'communityId text?', 'isDefault boolean', 'actions "RbacActions"[]?'],
  UserRoles: ['id text', 'userId text', 'communityId text?', 'roleId text', 'isInstanceRole boolean'],
  DirectMessageGroupMember: ['groupId text', 'userId text'],
  CommunityBan: ['communityId text', 'userId text', 'active boolean', 'expiresAt timestamp(3) without time zone?'],
  ChannelPermissionOverwrite: [
    'id text',
    'channelId text',
    'targetType "OverwriteTarget"',
    'roleId text?',
    'userId text?',
    'allow "RbacActions"[]?',
    'deny "RbacActions"[]?',
  ],
  CommunityTimeout: ['communityId text', 'userId text', 'expiresAt timestamp(3) without time zone'],
};

let store: PostgresStore;
const running = withPostgres(async ({ sql, server, open }) => {
  // Times are UTC in every time zone of the server.
  await sql`ALTER DATABASE postgres SET timezone TO 'Asia/Tokyo'`;
  store = open(server.url);
});

test('the tables are those of Prisma', async () => {
  for (const [table, columns] of Object.entries(TABLES)) {
    const found = await running.sql`
      SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required
      FROM pg_attribute WHERE attrelid = ${`"${table}"`}::regclass AND attnum > 0 ORDER BY attnum`;
    assert.deepEqual(
      found.map(({ name, type, required }) => `${name} ${type}${required ? '' : '?'}`),
      columns,
      table,
    );
  }
});

test('the enums are those of Prisma', async () => {
  const labels = async (name: string) => {
    const found = await running.sql`
      SELECT enumlabel AS label FROM pg_enum e JOIN pg_type t ON t.oid = enumtypid
      WHERE typname = ${name} ORDER BY enumsortorder`;
    return found.map(({ label }) => label);
  };
  assert.deepEqual(await labels('InstanceRole'), ['OWNER', 'USER']);
  assert.deepEqual(await labels('ChannelType'), ['TEXT', 'VOICE']);
  const actions = await labels('RbacActions');
  assert.equal(actions.length, 59);
  assert.deepEqual([actions[0], actions[21], actions[54]], ['DELETE_MESSAGE', 'JOIN_CHANNEL', 'MUTE_PARTICIPANT']);
  assert.deepEqual(actions.slice(55), ['SPEAK', 'VIDEO', 'SCREEN_SHARE', 'RECORD_CHANNEL']);
  assert.deepEqual(await labels('OverwriteTarget'), ['EVERYONE', 'ROLE', 'MEMBER']);
});

test('the default roles are those of SQLite', async () => {
  const expected = defaultRoles();
  assert.equal(expected.length, 3);
  const found = await running.sql`
    SELECT id, name, to_json(actions) AS actions FROM "Role" WHERE "isDefault" AND "communityId" IS NULL`;
  const byId = (rows: { id?: unknown }[]) => [...rows].sort((a, b) => `${a.id}`.localeCompare(`${b.id}`));
  assert.deepEqual(byId([...found]), byId(expected));
});

test('the files of our own tables may be applied again', async () => {
  for (const name of [
    '0002_livekit_edge',
    '0003_presence_and_cut_offs',
    '0005_moderation',
    '0006_recordings',
    '0007_presence_healing',
    '0008_rate_limits',
    '0009_rooms_of_users',
    '0010_record_channel',
    '0011_record_channel_roles',
  ]) {
    await running.sql.unsafe(readFileSync(new URL(`../../pkg/postgres/${name}.sql`, import.meta.url), 'utf8'));
  }
});

test('a time is rounded up, so that nothing ends early', async () => {
  const times: Record<string, number> = {
    '2026-01-01 00:00:00': 1_767_225_600,
    '2026-01-01 00:00:00.001': 1_767_225_601,
    '2026-01-01 00:00:00.999': 1_767_225_601,
    '1969-12-31 23:59:59.5': 0,
    '-infinity': 0,
    infinity: 253_402_214_400,
  };
  for (const [time, seconds] of Object.entries(times)) {
    await running.sql`DELETE FROM "CommunityTimeout" WHERE "userId" = 'user-456'`;
    await running.sql`DELETE FROM "CommunityBan" WHERE "userId" = 'user-456'`;
    await running.sql.unsafe(`INSERT INTO "CommunityTimeout" VALUES ('community-kraken', 'user-456', '${time}')`);
    await running.sql.unsafe(`INSERT INTO "CommunityBan" VALUES ('community-kraken', 'user-456', true, '${time}')`);
    const { timeoutEnds, banEnds } = await store.facts(QUESTION);
    assert.deepEqual([timeoutEnds, banEnds], [seconds, seconds], time);
  }
  await running.sql`UPDATE "CommunityBan" SET "expiresAt" = NULL WHERE "userId" = 'user-456'`;
  assert.equal((await store.facts(QUESTION)).banEnds, null);
});

test('a role without actions allows nothing', async () => {
  await running.sql`INSERT INTO "Role" (id, name, actions) VALUES ('r-null', 'null', NULL)`;
  await running.sql`INSERT INTO "UserRoles" (id, "userId", "communityId", "roleId")
    VALUES ('l-null', 'user-owner', 'community-kraken', 'r-null')`;
  assert.deepEqual((await store.facts({ ...QUESTION, userId: 'user-owner' })).actions, []);
});

test('two bans of one user, which no key prevents here, are an error', async () => {
  await running.sql`DROP INDEX "CommunityBan_communityId_userId_key"`;
  await running.sql`INSERT INTO "CommunityBan" VALUES ('community-kraken', 'user-789', false), ('community-kraken', 'user-789', true)`;
  await assert.rejects(store.facts({ ...QUESTION, userId: 'user-789' }), TypeError);
});

test('an id with U+0000 is an error, and a name loses the character', async () => {
  await assert.rejects(store.facts({ ...QUESTION, userId: 'user-456\0' }), { name: 'SQLSTATE 22021' });
  const participant = { sid: 'PA_0', identity: 'i', name: 'a\0b' };
  const joined = { eventId: 'EV_0', createdAt: 1, change: 'joined', room: 'r0', roomSid: 'RM_0', participant } as const;
  await store.applyPresence?.(joined);
  assert.deepEqual(await store.presence?.('r0'), [
    { identity: 'i', name: 'a\ufffdb', joinedAt: 1, isServerMuted: false, isAgent: false },
  ]);
});

test('tables that were added later may be absent, and are used from the next request on when they exist', async () => {
  const url = await running.server.createDatabase('older');
  await createTables(url);
  await loadDemoData(url);
  const older = postgres(url, { max: 1, onnotice: () => {} });
  const its = postgresStore(url);
  const ask = async () => {
    const { sessionRevoked, revokedUntil, overwrites } = await its.facts({ ...QUESTION, sessionId: 's-1' });
    return [sessionRevoked, revokedUntil, overwrites];
  };
  try {
    for (let time = 0; time < 2; time++) {
      for (const name of ['RevokedSession', 'UserTokenCutoff', 'ChannelPermissionOverwrite']) {
        await older.unsafe(`ALTER TABLE "${name}" RENAME TO "later-${name}"`);
        assert.deepEqual(await ask(), [false, null, []], `without ${name}`);
      }
      for (const name of ['RevokedSession', 'UserTokenCutoff', 'ChannelPermissionOverwrite']) {
        await older.unsafe(`ALTER TABLE "later-${name}" RENAME TO "${name}"`);
      }
      await older`INSERT INTO "RevokedSession" VALUES ('s-1', 1) ON CONFLICT DO NOTHING`;
      await older`INSERT INTO "UserTokenCutoff" VALUES ('user-456', 7) ON CONFLICT DO NOTHING`;
      await older`DELETE FROM "ChannelPermissionOverwrite"`;
      await older`INSERT INTO "ChannelPermissionOverwrite" (id, "channelId", "targetType", deny)
        VALUES ('o-1', 'channel-abc123', 'EVERYONE', '{SPEAK}')`;
      const overwrite = { targetType: 'EVERYONE', allow: [], deny: ['SPEAK'] };
      assert.deepEqual(await ask(), [true, 7, [overwrite]], 'all of them, with the same request');
      for (const name of ['RevokedSession', 'UserTokenCutoff']) await older.unsafe(`DELETE FROM "${name}"`);
      await older`UPDATE "ChannelPermissionOverwrite" SET "channelId" = 'channel-elsewhere'`;
    }
    await older`UPDATE "ChannelPermissionOverwrite" SET "channelId" = 'channel-abc123'`;
    await older`UPDATE "ChannelPermissionOverwrite" SET allow = NULL, deny = NULL`;
    assert.deepEqual((await ask())[2], [{ targetType: 'EVERYONE', allow: [], deny: [] }], 'Prisma allows NULL');
    await older`ALTER TABLE "ChannelPermissionOverwrite" DROP COLUMN deny`;
    await assert.rejects(ask(), { name: 'tables are missing' }, 'an invalid table is not treated as absent');
  } finally {
    await its.close();
    await older.end();
  }
});

test('the tables of moderation may be absent, and are used from the next request on when they exist', async () => {
  const url = await running.server.createDatabase('unmoderated');
  await createTables(url);
  await loadDemoData(url);
  const older = postgres(url, { max: 1, onnotice: () => {} });
  const its = postgresStore(url);
  const ask = async () => {
    const { kickedUntil, lockedAt, userId } = await its.facts(QUESTION);
    return [kickedUntil, lockedAt, userId];
  };
  const kick = {
    channelId: 'channel-abc123',
    identity: 'user-456',
    until: 9,
    byUserId: 'm',
    createdAt: 1,
    heldSince: 1,
  };
  const lock = { ...kick, isLocked: true, changedAt: 7 };
  try {
    for (let time = 0; time < 2; time++) {
      for (const name of ['VoiceKick', 'VoiceLock', 'VoiceIdentity']) {
        await older.unsafe(`ALTER TABLE "${name}" RENAME TO "later-${name}"`);
        assert.deepEqual(await ask(), [null, null, 'user-456'], `without ${name}`);
        const missing = { name: 'tables are missing' };
        if (name !== 'VoiceLock') await assert.rejects(Promise.resolve(its.kick?.(kick)), missing);
        if (name === 'VoiceLock') await assert.rejects(Promise.resolve(its.setLocked?.(lock)), missing);
        if (name === 'VoiceIdentity')
          await assert.rejects(Promise.resolve(its.holders?.({ ...kick, room: 'r' })), missing);
      }
      for (const name of ['VoiceKick', 'VoiceLock', 'VoiceIdentity']) {
        await older.unsafe(`ALTER TABLE "later-${name}" RENAME TO "${name}"`);
      }
      await its.kick?.(kick);
      await its.setLocked?.(lock);
      assert.deepEqual(await ask(), [9, 7, 'user-456']);
      for (const name of ['VoiceKick', 'VoiceLock']) await older.unsafe(`DELETE FROM "${name}"`);
    }
  } finally {
    await its.close();
    await older.end();
  }
});

test('roles alone decide about publishing in the database of a Kraken that has these actions', async () => {
  const ask = async () => (await store.facts(QUESTION)).voiceByRole;
  assert.equal(await ask(), false, 'our own tables');
  await running.sql`CREATE TABLE "_prisma_migrations" (id TEXT)`;
  assert.equal(await ask(), true);
  await running.sql`ALTER TYPE "RbacActions" RENAME VALUE 'SPEAK' TO 'SPEAK_UP'`;
  assert.equal(await ask(), false, 'an older Kraken');
  await running.sql`DROP TABLE "_prisma_migrations"`;
  await running.sql`ALTER TYPE "RbacActions" RENAME VALUE 'SPEAK_UP' TO 'SPEAK'`;
});

test('presence from before 0003 and 0007 is kept: participants of earlier starts stay absent, and a time in the far future hides no participant', async () => {
  const url = await running.server.createDatabase('before');
  const before = postgres(url, { max: 1, onnotice: () => {} });
  const its = postgresStore(url);
  const apply = (name: string) =>
    before.unsafe(readFileSync(new URL(`../../pkg/postgres/${name}.sql`, import.meta.url), 'utf8'));
  const present = async (room: string) => ((await its.presence?.(room)) ?? []).map(({ identity }) => identity);
  const joined = (room: string, roomSid: string, identity: string, createdAt: number) =>
    its.applyPresence?.({
      eventId: `EV_${identity}`,
      change: 'joined',
      room,
      roomSid,
      createdAt,
      participant: { sid: `PA_${identity}`, identity, name: '' },
    });
  try {
    await apply('0002_livekit_edge');
    await before`INSERT INTO "VoicePresence"
      ("roomSid", "participantSid", room, identity, name, "isPresent", "joinedAt", "changedAt") VALUES
      ('RM_1', 'PA_1', 'r', 'gone', '', false, 10, 10), ('RM_2', 'PA_2', 'r', 'here', '', true, 1000, 1000),
      ('RM_3', 'PA_3', 'future', 'early', '', true, 8000000000000, 8000000000000)`;
    for (let time = 0; time < 2; time++) {
      await apply('0003_presence_and_cut_offs');
      await apply('0007_presence_healing');
    }
    await joined('r', 'RM_1', 'late', 20);
    assert.deepEqual(await present('r'), ['here'], 'after a late event of the earlier start');
    await joined('r', 'RM_1', 'in time', 950);
    assert.deepEqual(await present('r'), ['in time', 'here'], 'within a minute');
    await joined('future', 'RM_4', 'next', Math.floor(Date.now() / 1000) + 120);
    assert.deepEqual(await present('future'), ['next']);
  } finally {
    await its.close();
    await before.end();
  }
});

test('tables, columns and values about permissions that are ignored are listed by name', async () => {
  const url = await running.server.createDatabase('unread');
  await createTables(url);
  const other = postgres(url, { max: 1, onnotice: () => {} });
  const its = postgresStore(url);
  try {
    assert.deepEqual(await its.unread?.(), [], 'our own tables have none');
    // Kraken's other columns and tables; none of them is about permission to join.
    await other.unsafe(`
      ALTER TABLE "Role" ADD COLUMN position INTEGER, ADD COLUMN "createdAt" TIMESTAMP(3);
      ALTER TABLE "User" ADD COLUMN "bannedAt" TIMESTAMP(3), ADD COLUMN "bannedById" TEXT, ADD COLUMN bio TEXT;
      ALTER TABLE "CommunityBan" ADD COLUMN id TEXT, ADD COLUMN "moderatorId" TEXT, ADD COLUMN reason TEXT;
      CREATE TYPE "ChannelPreset" AS ENUM ('NORMAL', 'READ_ONLY');
      ALTER TABLE "Channel" ADD COLUMN preset "ChannelPreset", ADD COLUMN "slowmodeSeconds" INTEGER;
      ALTER TABLE "ChannelPermissionOverwrite" ADD COLUMN "createdAt" TIMESTAMP(3), ADD COLUMN "updatedAt" TIMESTAMP(3);
      CREATE TABLE "UserBlock" (id TEXT); CREATE TABLE "Membership" (id TEXT); CREATE TABLE "Message" (deny TEXT)`);
    assert.deepEqual(await its.unread?.(), [], "Kraken's");
    await other.unsafe(`
      CREATE TABLE "CategoryPermissionOverwrite" (id TEXT); CREATE VIEW "GuestRole" AS SELECT 1 AS one;
      ALTER TABLE "UserRoles" ADD COLUMN "expiresAt" TIMESTAMP(3);
      ALTER TABLE "ChannelPermissionOverwrite" ADD COLUMN "isActive" BOOLEAN;
      ALTER TABLE "User" ADD COLUMN "suspendedUntil" TIMESTAMP(3);
      ALTER TYPE "OverwriteTarget" ADD VALUE 'GUEST';
      CREATE SCHEMA elsewhere; CREATE TABLE elsewhere."Permission" (id TEXT)`);
    assert.deepEqual(await its.unread?.(), [
      'column ChannelPermissionOverwrite.isActive',
      'column User.suspendedUntil',
      'column UserRoles.expiresAt',
      'table CategoryPermissionOverwrite',
      'table GuestRole',
      'value OverwriteTarget.GUEST',
    ]);
  } finally {
    await its.close();
    await other.end();
  }
});
