/** Missing or invalid settings, tables, rows and bindings: never a crash, and never a token. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { demoSettings, demoStatements } from '../../scripts/demo-data.mjs';
import {
  assertAnswer,
  assertError,
  assertToken,
  badRequest,
  FORBIDDEN,
  NOT_CONFIGURED,
  NOT_FOUND,
  NOT_JSON,
  UNAUTHORIZED,
  UNAVAILABLE,
} from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { platform } from '../support/platform.ts';
import { createTables, loadDemoData } from '../support/postgres/server.mjs';
import { userToken } from '../support/user-token.ts';

const GOOD = { roomId: 'channel-abc123' };
const HEALTHY = '{"status":"healthy","configured":true}';
const UNHEALTHY = '{"status":"unhealthy","configured":false}';
const NAMES = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL'];
/** The actions that a role needs for a token. */
const ACTIONS = '["JOIN_CHANNEL"]';
const onPostgres = platform === 'node-postgres';
const NOTHING = [null, '', ' ', '\t\n', 7, true, {}];

describe('settings', () => {
  let endpoint: Endpoint;
  before(async () => {
    endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
  });
  after(() => endpoint.stop());

  const unset = (names: readonly string[], value: unknown) => Object.fromEntries(names.map((name) => [name, value]));

  test('rows 39, 40, 49-51; W13: health is unhealthy without one of the three settings, and never names it', async () => {
    for (let set = 0; set < 8; set++) {
      const missing = NAMES.filter((_, at) => set & (1 << at));
      for (const value of NOTHING) {
        const answer = await endpoint.get('/health', { settings: unset(missing, value) });
        assertAnswer(answer, 200, missing.length === 0 ? HEALTHY : UNHEALTHY, `${missing} ${value}`);
      }
    }
  });

  test('rows 42, 49, 50: without key or secret there is no token', async () => {
    for (const names of [
      ['LIVEKIT_API_KEY'],
      ['LIVEKIT_API_SECRET'],
      ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'],
      NAMES,
    ]) {
      for (const value of NOTHING) {
        assertError(await endpoint.token(GOOD, { settings: unset(names, value) }), NOT_CONFIGURED, `${names} ${value}`);
      }
    }
    assertToken(await endpoint.token(GOOD));
  });

  test('row 42: only callers who would have got a token learn that', async () => {
    const settings = unset(NAMES, null);
    assertError(await endpoint.token(GOOD, { settings, as: null }), UNAUTHORIZED);
    assertError(await endpoint.token('{', { settings }), NOT_JSON);
    assertError(await endpoint.token({ roomId: 1 }, { settings }), badRequest(['roomId must be a string']));
    assertError(await endpoint.token(GOOD, { settings, as: 'user-stranger' }), FORBIDDEN);
    assertError(await endpoint.get('/nowhere', { settings }), NOT_FOUND);
  });

  test('rows 35, 37, 51: without LIVEKIT_URL tokens are issued, and the response has no url', async () => {
    for (const value of NOTHING) {
      const settings = unset(['LIVEKIT_URL'], value);
      const { token, expiresAt, ...rest } = assertToken(await endpoint.token(GOOD, { settings }));
      assert.deepEqual([rest, typeof token, typeof expiresAt], [{ identity: 'user-456', ...GOOD }, 'string', 'string']);
      assertAnswer(await endpoint.get('/connection-info', { settings }), 200, '{}');
    }
    for (const url of ['wss://livekit.example.com', 'wss://ü.example/?a="b"\\']) {
      const settings = { LIVEKIT_URL: url };
      assert.equal(assertToken(await endpoint.token(GOOD, { settings })).url, url);
      assertAnswer(await endpoint.get('/connection-info', { settings }), 200, JSON.stringify({ url }));
    }
  });

  test('W19: without a database every response is 503', async () => {
    for (const DB of [null, 'not a database', {}, { prepare: 1 }]) {
      assertError(await endpoint.token(GOOD, { settings: { DB } }), UNAVAILABLE);
      assertError(await endpoint.get('/health', { settings: { DB } }), UNAVAILABLE);
      assertError(await endpoint.token(GOOD, { settings: { DB }, as: null }), UNAUTHORIZED);
    }
    assertToken(await endpoint.token(GOOD));
  });
});

test('rows 39, 40: a Worker without settings responds, and accepts no caller', async () => {
  const endpoint = await startEndpoint({ bindings: {} });
  try {
    assertError(await endpoint.token(GOOD), UNAUTHORIZED);
    for (const secret of ['', 'undefined']) {
      const headers = { Authorization: `Bearer ${userToken('user-456', {}, secret)}` };
      assertError(await endpoint.get('/health', { as: null, headers }), UNAUTHORIZED);
    }
    assertError(await endpoint.get('/nowhere'), NOT_FOUND);
  } finally {
    await endpoint.stop();
  }
});

describe('W19: an invalid database', () => {
  let endpoint: Endpoint;
  before(async () => {
    endpoint = await startEndpoint({ bindings: { ...demoSettings }, migrate: false, demo: false });
  });
  after(() => endpoint.stop());

  test('without tables the response is 503, after all checks that need no table', async () => {
    assertError(await endpoint.token(GOOD), UNAVAILABLE);
    assertError(await endpoint.get('/health'), UNAVAILABLE);
    assertError(await endpoint.get('/connection-info'), UNAVAILABLE);
    assertError(await endpoint.token(GOOD, { as: null }), UNAUTHORIZED);
    assertError(await endpoint.token('{'), NOT_JSON);
    assertError(await endpoint.token({}), UNAVAILABLE);
  });

  test('tables that are created while it runs are used at once', async () => {
    await (onPostgres ? createTypedTables(endpoint) : createLooseTables(endpoint));
    assertToken(await endpoint.token(GOOD));
  });

  // Values that PostgreSQL's types allow but that are invalid here: tests/stores/postgres-faults.test.ts.
  const skip = onPostgres && 'the types of PostgreSQL hold no nonsense';
  for (const [table, column, where, good, values] of [
    ['User', 'banned', ['id', 'user-456'], 0, ["'true'", "'no'", "'0x1'", '2', '-1', '0.5', 'NULL', "x'00'"]],
    ['User', 'role', ['id', 'user-456'], 'USER', ['NULL', "x'4f574e4552'"]],
    ['Channel', 'isPrivate', ['id', 'channel-abc123'], 0, ["'false'", "''", '2', 'NULL']],
    [
      'Role',
      'actions',
      ['id', 'role-member'],
      ACTIONS,
      ["'nonsense'", "'['", "''", "'[1]'", "'[null]'", "'[true]'", `'[["JOIN_CHANNEL"]]'`, "'[{}]'"],
    ],
    ['CommunityBan', 'active', ['userId', 'user-456'], 0, ["'yes'", '2', '-1', '9e999', 'NULL']],
    ['CommunityBan', 'expiresAt', ['userId', 'user-456'], null, ["'never'", '-1', '1.5', "'2099-01-01'"]],
    ['CommunityTimeout', 'expiresAt', ['userId', 'user-456'], 1, ["'tomorrow'", '-1', '1.5', '9e999', 'NULL']],
  ] as const) {
    test(`an invalid ${column} of "${table}" is 503`, { skip }, async () => {
      for (const value of values) {
        const [key, id] = where;
        await endpoint.sql(`UPDATE "${table}" SET ${column} = ${value} WHERE ${key} = ?`, id);
        assertError(await endpoint.token(GOOD), UNAVAILABLE, `${value}`);
        await endpoint.database.update(table, { [column]: good }, { [key]: id });
        assertToken(await endpoint.token(GOOD), `after ${value}`);
      }
    });
  }

  test('W19: actions that are not a list of names allow nothing', { skip }, async () => {
    for (const actions of [
      '{"a":"JOIN_CHANNEL"}',
      '"JOIN_CHANNEL"',
      '[["JOIN_CHANNEL"]]',
      'null',
      '{}',
      '{"JOIN_CHANNEL":true}',
    ]) {
      await endpoint.sql('UPDATE "Role" SET actions = ? WHERE id = ?', actions, 'role-member');
      const { status, text } = await endpoint.token(GOOD);
      assert.ok([FORBIDDEN, UNAVAILABLE].includes(text), `${actions}: ${status}`);
    }
  });

  test('a table that is dropped while it runs is 503', async () => {
    await endpoint.sql('DROP TABLE "RevokedToken"');
    assertError(await endpoint.token(GOOD), UNAVAILABLE);
    assertError(await endpoint.get('/health'), UNAVAILABLE);
  });
});

/** The tables of the migrations without their checks, with the demo data, a lifted ban and a past timeout. */
async function createLooseTables({ sql }: Endpoint): Promise<void> {
  const migration = (name: string) =>
    readFileSync(new URL(`../../pkg/migrations/${name}`, import.meta.url), 'utf8').replace(/--.*/g, '');
  const tables = migration('0001_init.sql')
    .replace(/ CHECK \((?:[^()]|\([^()]*\))*\)/g, '')
    .replaceAll(' NOT NULL', '');
  assert.doesNotMatch(tables, /CHECK|NOT/);
  const statements = [tables, migration('0002_default_roles.sql')].flatMap((text) => text.split(';'));
  for (const text of statements.filter((text) => /\w/.test(text))) await sql(text);
  for (const { sql: text, values } of demoStatements()) await sql(text, ...values);
  await sql(`INSERT INTO "CommunityBan" VALUES ('community-kraken', 'user-456', 0, NULL)`);
  await sql(`INSERT INTO "CommunityTimeout" VALUES ('community-kraken', 'user-456', 1)`);
}

async function createTypedTables({ databaseUrl = '' }: Endpoint): Promise<void> {
  await createTables(databaseUrl);
  await loadDemoData(databaseUrl);
}
