// `livekit-edge doctor`: what is wrong with settings, LiveKit's servers and the database, with LiveKit's own server and real databases.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { type Livekit, livekitServer, startLivekit } from '../../scripts/livekit.mjs';
import { createTables, startPostgres } from '../../scripts/postgres.mjs';
import { dropTables } from '../support/sqlite-file.ts';
import { run, SETTINGS } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-doctor-'));
after(() => rmSync(folder, { recursive: true }));
const JWT_SECRET = 'hunter2-another-secret-of-more-than-32-bytes';
const SQLITE_PATH = join(folder, 'whole.sqlite');
sqliteStore(SQLITE_PATH).close();

interface Check {
  check: string;
  severity: string;
  message: string;
  setting?: string;
  server?: string;
}

/** Runs the doctor; its exit code says the same as its report, which has no secret. */
async function doctor(env: Record<string, string>, ...args: string[]): Promise<Check[]> {
  const { code, stdout, stderr } = await run(['doctor', '--json', ...args], {
    env: { JWT_SECRET, ...env },
    cwd: folder,
  });
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /hunter2|eyJ/);
  const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: Check[] };
  const worst = checks.some(({ severity }) => severity === 'error' || severity === 'warning');
  assert.deepEqual([code, healthy], worst ? [1, false] : [0, true], stdout);
  return checks;
}

const of = (checks: Check[], name: string) =>
  checks.filter(({ check }) => check === name).map(({ severity, message }) => `${severity}: ${message}`);

describe('the LiveKit server', () => {
  let livekit: Livekit | undefined;
  let skip: string | undefined;
  const keys = { [SETTINGS.LIVEKIT_API_KEY]: SETTINGS.LIVEKIT_API_SECRET };
  before(async () => {
    ({ skip } = await livekitServer());
    if (skip === undefined) livekit = await startLivekit({ keys });
  });
  after(() => livekit?.stop());
  const it = (name: string, check: (livekit: Livekit) => Promise<void>) =>
    test(name, (t: TestContext) => (livekit === undefined ? t.skip(skip) : check(livekit)));

  it('that accepts our token, with valid settings and a database, is healthy', async ({ url }) => {
    const env = { ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH };
    assert.deepEqual(await doctor(env), [
      { check: 'settings', severity: 'ok', message: 'The settings are valid' },
      { check: 'livekit', severity: 'ok', message: 'The LiveKit server is reached and accepts our token' },
      { check: 'database', severity: 'ok', message: 'The SQLite file can be used and has the tables' },
    ]);
    const { code, stdout } = await run(['doctor'], { env: { ...env, JWT_SECRET } });
    assert.equal(code, 0);
    assert.match(stdout, /^(ok {7}[A-Z][^\n]+\n){3}$/);
  });

  it('is asked at LIVEKIT_INTERNAL_URL, and settings may come from a file', async ({ httpUrl }) => {
    const file = join(folder, 'settings.env');
    const settings = { ...SETTINGS, LIVEKIT_URL: 'ws://127.0.0.1:1', LIVEKIT_INTERNAL_URL: httpUrl };
    writeFileSync(
      file,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    assert.match(of(await doctor({ SQLITE_PATH }, '-e', file), 'livekit').join(), /^ok: /);
  });

  it('that knows another secret, or does not know the key, refuses our token', async ({ url }) => {
    for (const change of [{ LIVEKIT_API_SECRET: `not-${JWT_SECRET}` }, { LIVEKIT_API_KEY: 'another' }]) {
      const [check] = of(await doctor({ ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH, ...change }), 'livekit');
      assert.match(check ?? '', /^error: The LiveKit server is reached and refuses our token \(HTTP 401\): /);
    }
  });

  it('of several each is checked, by name', async ({ url }) => {
    const keys = `${SETTINGS.LIVEKIT_API_KEY}: ${SETTINGS.LIVEKIT_API_SECRET}`;
    const servers = [
      { name: 'eu', url, keys },
      { name: 'us', url: 'ws://127.0.0.1:1', keys },
      { name: 'asia', url: await unusedUrl(), keys },
    ];
    const checks = await doctor({ LIVEKIT_SERVERS: JSON.stringify(servers), SQLITE_PATH });
    const found = checks.filter(({ check }) => check === 'livekit');
    assert.deepEqual(
      found.map(({ server, severity, message }) => [server, severity, message]),
      [
        ['eu', 'ok', 'The LiveKit server eu is reached and accepts our token'],
        ['us', 'error', 'The LiveKit server us cannot be reached (fetch blocks its port)'],
        ['asia', 'error', 'The LiveKit server asia cannot be reached (ECONNREFUSED)'],
      ],
    );
  });
});

/** What listens where a LiveKit server should. */
async function listening<S extends Server>(server: S): Promise<{ url: string; server: S }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A URL at which nothing listens. */
async function unusedUrl(): Promise<string> {
  const { server, url } = await listening(createTcpServer());
  await new Promise((resolve) => server.close(resolve));
  return url;
}

const ANSWERS: [name: string, answer: RequestListener, expected: RegExp][] = [
  ['a page', (_, response) => response.end('<html>'), /is not one: .+ \(HTTP 200\)$/],
  ['JSON of something else', (_, response) => response.end('{}'), /is not one: .+ \(HTTP 200\)$/],
  ['404', (_, response) => response.writeHead(404).end(), /is not one: .+ \(HTTP 404\)$/],
  ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), /is not one: .+ \(HTTP 302\)$/],
  ['an endless body', (_, response) => void response.write('{'), /cannot be reached: no answer in 5 seconds$/],
  ['a connection that is cut', ({ socket }) => socket.destroy(), /cannot be reached \(UND_ERR_SOCKET\)$/],
];

for (const [name, answer, expected] of ANSWERS) {
  test(`${name} in place of a LiveKit server is an error`, async () => {
    const { server, url } = await listening(createServer(answer));
    const [check] = of(await doctor({ ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH }), 'livekit');
    server.closeAllConnections();
    server.close();
    assert.match(check ?? '', /^error: The LiveKit server /);
    assert.match(check ?? '', expected);
  });
}

test('a server that accepts connections and is silent, or speaks no HTTP, is an error', async () => {
  const silent = await listening(createTcpServer((socket) => void socket.on('error', () => {})));
  const other = await listening(createTcpServer((socket) => void socket.on('error', () => {}).end('SSH-2.0\r\n')));
  const [[first], [second]] = (await Promise.all(
    [silent, other].map(async ({ url }) => of(await doctor({ ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH }), 'livekit')),
  )) as [string[], string[]];
  silent.server.close();
  other.server.close();
  assert.match(first ?? '', /cannot be reached: no answer in 5 seconds$/);
  assert.match(second ?? '', /is not one: .+ \((HPE_INVALID_CONSTANT|HTTPParserError)\)$/);
});

test('a host that does not exist is an error', async () => {
  const LIVEKIT_URL = 'wss://livekit.invalid';
  const [check] = of(await doctor({ ...SETTINGS, LIVEKIT_URL, SQLITE_PATH }), 'livekit');
  assert.match(check ?? '', /^error: The LiveKit server cannot be reached \((ENOTFOUND|EAI_AGAIN)\)$/);
});

test('errors of settings are those of the endpoint, and what cannot be checked is not', async () => {
  const settings = {
    LIVEKIT_URL: 'lk.example.com',
    JWT_SECRET: '',
    JWT_LEEWAY: '1h',
    DATABASE_URL: 'hunter2',
    PORT: 'x',
  };
  const checks = await doctor({ LIVEKIT_API_KEY: 'devkey', ...settings });
  assert.deepEqual(checks.map(({ setting }) => setting).sort(), [
    'DATABASE_URL',
    'JWT_LEEWAY',
    'JWT_SECRET',
    'LIVEKIT_API_SECRET',
    'LIVEKIT_URL',
    'PORT',
  ]);
  const own = await doctor(
    { ...SETTINGS, JWT_SECRET: '', DATABASE_URL: 'hunter2' },
    '--no-user-tokens',
    '--no-database',
  );
  assert.deepEqual([of(own, 'settings'), of(own, 'database')], [['ok: The settings are valid'], []]);
});

describe('a SQLite file', () => {
  const check = async (path: string) => of(await doctor({ ...SETTINGS, SQLITE_PATH: path }), 'database').join();

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

  test('whose tables were dropped is an error, for migrations are applied once', async () => {
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
  const check = async (url: string) => of(await doctor({ ...SETTINGS, DATABASE_URL: url }), 'database').join();

  test('with the tables is ok, and one without is an error', async () => {
    const url = await server.createDatabase('doctor');
    assert.match(await check(url), /^error: PostgreSQL is reached and lacks tables: apply the files in postgres\//);
    await createTables(url);
    assert.equal(await check(url), 'ok: PostgreSQL is reached and has the tables');
  });

  test('without the database, or that cannot be reached, is an error', async () => {
    assert.equal(await check(new URL('/nowhere', server.url).href), 'error: PostgreSQL: SQLSTATE 3D000');
    const url = 'postgres://u:hunter2@127.0.0.1:1/d';
    assert.equal(await check(url), 'error: PostgreSQL: the database cannot be reached');
  });

  test('that accepts connections and is silent is an error', async () => {
    const silent = await listening(createTcpServer((socket) => void socket.on('error', () => {})));
    const [check] = of(await doctor({ ...SETTINGS, DATABASE_URL: silent.url.replace('ws', 'postgres') }), 'database');
    silent.server.close();
    assert.match(check ?? '', /^error: PostgreSQL: the database (did not answer in time|cannot be reached)$/);
  });

  test('whose answer the driver cannot parse is one line and exit code 1', async () => {
    // A message of PostgreSQL that says of itself that it has no byte.
    const answer = Buffer.from('R\0\0\0\0', 'latin1');
    const malformed = await listening(
      createTcpServer((socket) => void socket.on('error', () => {}).on('data', () => socket.write(answer))),
    );
    const env = { ...SETTINGS, JWT_SECRET, DATABASE_URL: malformed.url.replace('ws://', 'postgres://u:hunter2@') };
    const { code, stdout, stderr } = await run(['doctor'], { env, cwd: folder });
    malformed.server.close();
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^livekit-edge: Unexpected error \(ERR_\w+\)\n$/);
  });
});
