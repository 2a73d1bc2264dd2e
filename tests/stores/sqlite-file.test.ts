/** The file of the SQLite store: opened, shared, locked, lost. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { StoreFault } from 'livekit-edge/server';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { migrations } from '../../scripts/serve/migrations.mjs';
import { sqliteDatabase } from '../support/database.ts';
import { loadDemo } from '../support/sqlite-file.ts';

const QUESTION = { userId: 'user-456', tokenId: null, channelId: 'channel-abc123', groupId: null, identity: null };
const JOINED = {
  eventId: 'EV_1',
  createdAt: 1,
  change: 'joined',
  room: 'r',
  roomSid: 'RM_1',
  participant: { sid: 'PA_1', identity: 'i', name: 'n' },
} as const;

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-sqlite-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${files++}.db`);

function rows(path: string, sql: string): unknown[] {
  const db = new DatabaseSync(path);
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

/** The error with which opening fails. */
function refusal(path: string): StoreFault {
  try {
    sqliteStore(path).close();
  } catch (error) {
    assert.ok(error instanceof StoreFault);
    assert.equal(error.name, 'the database file cannot be used');
    return error;
  }
  return assert.fail(`${path} was opened`);
}

test("a new file gets its tables, each migration once, recorded in wrangler's table", async () => {
  const path = newPath();
  for (let time = 0; time < 2; time++) {
    const store = sqliteStore(path);
    assert.equal((await store.facts(QUESTION)).userId, null);
    store.close();
  }
  const names = rows(path, 'SELECT name FROM d1_migrations ORDER BY id').map((row) => (row as { name: string }).name);
  assert.deepEqual(
    names,
    migrations().map(({ name }) => name),
  );
  assert.equal(rows(path, 'PRAGMA journal_mode').map((row) => Object.values(row as object)[0])[0], 'wal');
});

test('a commit does not wait for the disk if the file has a write-ahead log, and survives the end of the process', async (t) => {
  const exec = t.mock.method(DatabaseSync.prototype, 'exec');
  const connectionOf = (path: string) => {
    exec.mock.resetCalls();
    const store = sqliteStore(path);
    const [call] = exec.mock.calls;
    assert.ok(call !== undefined);
    const { synchronous } = (call.this as DatabaseSync).prepare('PRAGMA synchronous').get() as { synchronous: number };
    return { store, synchronous };
  };
  const path = newPath();
  const { store, synchronous } = connectionOf(path);
  assert.equal(synchronous, 1);
  await store.applyPresence?.(JOINED);
  // As after the end of a process that closes nothing.
  const copy = newPath();
  for (const end of ['', '-wal', '-shm']) copyFileSync(`${path}${end}`, `${copy}${end}`);
  store.close();
  assert.equal(rows(copy, 'SELECT * FROM "VoicePresence"').length, 1);
  const memory = connectionOf(':memory:');
  assert.equal(memory.synchronous, 2);
  memory.store.close();
});

/** A database file with the first migrations, as wrangler records them. */
function withFirstMigrations(path: string, count: number): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec(
    'CREATE TABLE d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
  );
  for (const { name, sql } of migrations().slice(0, count)) {
    db.exec(sql);
    db.prepare('INSERT INTO d1_migrations(name) VALUES (?)').run(name);
  }
  return db;
}

test('a file with the first migrations gets the others and keeps its rows', async () => {
  const path = newPath();
  const db = withFirstMigrations(path, 2);
  db.exec(`INSERT INTO "User"(id, username) VALUES ('user-456', 'alice')`);
  db.close();
  const store = sqliteStore(path);
  assert.equal((await store.facts(QUESTION)).userId, 'user-456');
  await store.applyPresence?.(JOINED);
  store.close();
});

test('presence from before 0004 is kept: participants of earlier starts stay absent, and a time in the far future hides no participant', async () => {
  const path = newPath();
  const db = withFirstMigrations(path, 3);
  const insert = db.prepare(`INSERT INTO "VoicePresence"
    (roomSid, participantSid, room, identity, name, isPresent, joinedAt, changedAt) VALUES (?, ?, ?, ?, '', ?, ?, ?)`);
  insert.run('RM_1', 'PA_1', 'r', 'gone', 0, 10, 10);
  insert.run('RM_2', 'PA_2', 'r', 'here', 1, 1000, 1000);
  insert.run('RM_3', 'PA_3', 'future', 'early', 1, 8_000_000_000_000, 8_000_000_000_000);
  db.close();
  const store = sqliteStore(path) as Required<ReturnType<typeof sqliteStore>>;
  const present = async (room: string) => (await store.presence(room)).map(({ identity }) => identity);
  const now = Math.floor(Date.now() / 1000);
  const joined = (room: string, roomSid: string, identity: string, createdAt: number) =>
    store.applyPresence({
      ...JOINED,
      eventId: `EV_${identity}`,
      room,
      roomSid,
      createdAt,
      participant: { sid: `PA_${identity}`, identity, name: '' },
    });
  await joined('r', 'RM_1', 'late', 20);
  assert.deepEqual(await present('r'), ['here'], 'after a late event of the earlier start');
  await joined('r', 'RM_1', 'in time', 950);
  assert.deepEqual(await present('r'), ['in time', 'here'], 'within a minute');
  await joined('future', 'RM_4', 'next', now + 120);
  assert.deepEqual(await present('future'), ['next']);
  store.close();
});

test('a migration that fails changes nothing and is not recorded', () => {
  const path = newPath();
  const db = new DatabaseSync(path);
  // The third one creates a table of this name.
  db.exec('CREATE TABLE "WebhookEvent"(id TEXT)');
  db.close();
  refusal(path);
  const names = rows(path, 'SELECT name FROM d1_migrations').map((row) => (row as { name: string }).name);
  assert.ok(!names.some((name) => name.startsWith('0003')), `${names}`);
  assert.deepEqual(rows(path, `SELECT name FROM sqlite_schema WHERE name = 'VoicePresence'`), []);
});

test('a database in memory works', async () => {
  const store = sqliteStore(':memory:');
  await store.applyPresence?.(JOINED);
  assert.equal((await store.presence?.('r'))?.length, 1);
  store.close();
});

describe('an unusable path is refused when it is opened', () => {
  test('with its name and the reason', () => {
    const path = join(folder, 'no', 'such', 'folder.db');
    assert.match(
      refusal(path).message,
      /^The SQLite database .*folder\.db cannot be used: unable to open database file/,
    );
    assert.ok(!existsSync(join(folder, 'no')));
  });

  test('if it is a folder, empty, or not writable', () => {
    const path = join(folder, 'folder');
    mkdirSync(path);
    for (const each of [path, '', '/proc/livekit-edge.db']) refusal(each);
  });

  test('if it is a file of another format', () => {
    const path = newPath();
    writeFileSync(path, 'not a database\n'.repeat(1000));
    assert.match(refusal(path).message, /file is not a database/);
    assert.equal(readFileSync(path, 'utf8'), 'not a database\n'.repeat(1000), 'the file is unchanged');
  });

  test('if it is a damaged file', () => {
    const path = newPath();
    sqliteStore(path).close();
    loadDemo(path);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length / 2));
    refusal(path);
    writeFileSync(path, bytes.fill(0xff, 4096 * 2, 4096 * 5));
    refusal(path);
  });

  test('if its tables are invalid', () => {
    const path = newPath();
    sqliteStore(path).close();
    const db = new DatabaseSync(path);
    db.exec('ALTER TABLE "User" RENAME COLUMN banned TO suspended');
    db.close();
    assert.match(refusal(path).message, /no such column: u\.banned/);
  });
});

test("two stores on one file see each other's changes", async () => {
  const path = newPath();
  const [one, other] = [sqliteStore(path), sqliteStore(path)];
  loadDemo(path);
  await one.applyPresence?.(JOINED);
  assert.equal((await other.presence?.('r'))?.length, 1);
  await other.applyPresence?.({ ...JOINED, eventId: 'EV_2', change: 'left', createdAt: 2 });
  assert.equal((await one.presence?.('r'))?.length, 0);
  const database = sqliteDatabase(path);
  await database.insert('RevokedToken', { jti: 'j', expiresAt: 1 });
  assert.equal((await one.facts({ ...QUESTION, tokenId: 'j' })).tokenRevoked, 1);
  database.close();
  one.close();
  other.close();
});

test('while another process writes, facts are returned and a change rejects, and is applied afterwards', async () => {
  const path = newPath();
  const store = sqliteStore(path);
  loadDemo(path);
  const writer = new DatabaseSync(path);
  writer.exec('BEGIN IMMEDIATE');
  assert.equal((await store.facts(QUESTION)).userId, 'user-456');
  await assert.rejects(async () => store.applyPresence?.(JOINED), /database is locked/);
  writer.exec('ROLLBACK');
  writer.close();
  await store.applyPresence?.(JOINED);
  assert.equal((await store.presence?.('r'))?.length, 1);
  store.close();
});

test('a replaced file is not used any more after the turn of the event loop', async () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const path = newPath();
  const store = sqliteStore(path);
  loadDemo(path);
  assert.equal((await store.facts(QUESTION)).userId, 'user-456');
  copyFileSync(path, `${path}.copy`);
  rmSync(path);
  await turn();
  await assert.rejects(store.facts(QUESTION), { name: 'the database file is gone' });
  copyFileSync(`${path}.copy`, path);
  await turn();
  await assert.rejects(store.facts(QUESTION), { name: 'the database file is gone' });
  store.close();
});
