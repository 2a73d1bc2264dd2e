// `livekit-edge doctor`: errors of the database, with real databases.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import postgres from 'postgres';
import { createTables, startPostgres } from '../support/postgres/server.mjs';
import { dropTables } from '../support/sqlite-file.ts';
import { run, SETTINGS } from './support/cli.ts';
import { doctor, findings, folder, listening, SQLITE_PATH } from './support/doctor.ts';

describe('a SQLite file', () => {
  const check = async (path: string) => findings(await doctor({ ...SETTINGS, SQLITE_PATH: path }), 'database').join();

  test('that does not exist is advice, and is not created', async () => {
    const path = join(folder, 'later.sqlite');
    assert.equal(
      await check(path),
      'advice: The SQLite file does not exist: it is created at the start, with the tables',
    );
    assert.ok(!existsSync(path));
    assert.match(await check(join(folder, 'nowhere', 'x.sqlite')), /^error: .+ cannot be created \(ENOENT\)$/);
  });

  test('without the tables is advice, and is not changed', async () => {
    const path = join(folder, 'empty.sqlite');
    writeFileSync(path, '');
    assert.equal(await check(path), 'advice: The SQLite file lacks tables: they are created at the start');
    assert.equal(readFileSync(path).length, 0);
  });

  test('that another program has open can be used', async () => {
    const store = sqliteStore(SQLITE_PATH);
    assert.match(await check(SQLITE_PATH), /^ok: /);
    store.close();
  });

  test('that is not a database is an error', async () => {
    const path = join(folder, 'text.sqlite');
    writeFileSync(path, 'this is no database'.repeat(1000));
    assert.equal(await check(path), 'error: The SQLite file cannot be used: file is not a database');
  });

  test('that is a folder, a device or a named pipe is an error', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [folder, '/dev/null', pipe]) {
      assert.equal(await check(path), 'error: The SQLite file cannot be used: it is not a file');
    }
  });

  test('whose tables were dropped is an error, because migrations are applied once', async () => {
    const path = join(folder, 'dropped.sqlite');
    sqliteStore(path).close();
    dropTables(path);
    assert.match(await check(path), /^error: The SQLite file cannot be used: tables are missing$/);
  });
});

describe('a PostgreSQL', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());
  const check = async (url: string) => findings(await doctor({ ...SETTINGS, DATABASE_URL: url }), 'database').join();

  test('with the tables is ok, and one without is an error', async () => {
    const url = await server.createDatabase('doctor');
    assert.match(await check(url), /^error: PostgreSQL is reached and lacks tables: apply the files in postgres\//);
    await createTables(url);
    assert.equal(await check(url), 'ok: PostgreSQL is reached and has the tables');
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    await sql`DROP TABLE "VoiceRecording"`;
    await sql.end();
    assert.equal(await check(url), 'ok: PostgreSQL is reached and has the tables');
    const env = { ...SETTINGS, DATABASE_URL: url, RECORDING_FILEPATH: '{time}' };
    const lacks =
      'advice: PostgreSQL is reached and lacks the tables of recordings: apply postgres/0006 of the package';
    assert.deepEqual(findings(await doctor(env), 'database'), [lacks]);
  });

  test('without the database, or that cannot be reached, is an error', async () => {
    assert.equal(await check(new URL('/nowhere', server.url).href), 'error: PostgreSQL: SQLSTATE 3D000');
    const url = 'postgres://u:hunter2@127.0.0.1:1/d';
    assert.equal(await check(url), 'error: PostgreSQL: the database cannot be reached');
  });

  test('that accepts connections and does not answer is an error', async () => {
    const silent = await listening(createServer((socket) => void socket.on('error', () => {})));
    const [check] = findings(
      await doctor({ ...SETTINGS, DATABASE_URL: silent.url.replace('ws', 'postgres') }),
      'database',
    );
    silent.server.close();
    assert.match(check ?? '', /^error: PostgreSQL: the database (did not answer in time|cannot be reached)$/);
  });

  test('whose message the driver cannot parse is one line and exit code 1', async () => {
    // A message of PostgreSQL with a length of 0.
    const answer = Buffer.from('R\0\0\0\0', 'latin1');
    const malformed = await listening(
      createServer((socket) => void socket.on('error', () => {}).on('data', () => socket.write(answer))),
    );
    const env = { ...SETTINGS, DATABASE_URL: malformed.url.replace('ws://', 'postgres://u:hunter2@') };
    const { code, stdout, stderr } = await run(['doctor'], { env, cwd: folder });
    malformed.server.close();
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^livekit-edge: Unexpected error \(ERR_\w+\)\n$/);
  });
});
