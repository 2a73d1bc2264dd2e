// `livekit-edge serve`: the endpoint on a SQLite file or PostgreSQL, until it is stopped.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { createTables, loadDemoData, startPostgres } from '../support/postgres/server.mjs';
import { loadDemo } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';
import { run, SETTINGS, start } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-serve-'));
after(() => rmSync(folder, { recursive: true }));
const envFile = join(folder, 'settings.env');
writeFileSync(
  envFile,
  Object.entries(demoSettings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join(''),
);
const ON_LOOPBACK = ['serve', '--host', '127.0.0.1', '--port', '0', '-e', envFile];

/** Starts the command in a folder, and waits until it prints its URL. */
async function serving(env: Record<string, string>) {
  const child = start(ON_LOOPBACK, { env, cwd: folder });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines = createInterface(child.stdout);
  const [line] = await Promise.race([
    once(lines, 'line'),
    ended.then(() => {
      throw new Error(stderr);
    }),
  ]);
  const url = /^\{"level":"info","message":"Listening on (http:\/\/127\.0\.0\.1:\d+)"\}$/.exec(line)?.[1];
  assert.ok(url, line);
  return { child, url, ended };
}

async function assertToken(url: string): Promise<void> {
  const response = await fetch(`${url}/api/livekit/token`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${userToken('user-456')}`, 'Content-Type': 'application/json' },
    body: '{"roomId":"channel-abc123"}',
  });
  assert.equal(response.status, 201);
  const { token } = await response.json();
  assert.equal((await new TokenVerifier('devkey', 'secret').verify(token)).video?.room, 'channel-abc123');
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`a SQLite file is created and served until ${signal}, also if nothing reads the log any more`, async () => {
    const SQLITE_PATH = join(folder, `${signal}.sqlite`);
    const { child, url, ended } = await serving({ SQLITE_PATH });
    loadDemo(SQLITE_PATH);
    child.stdout.destroy();
    await assertToken(url);
    child.kill(signal);
    assert.equal(await ended, 0);
  });
}

test('a PostgreSQL is served', async () => {
  const server = await startPostgres();
  await createTables(server.url);
  await loadDemoData(server.url);
  const { child, url, ended } = await serving({ DATABASE_URL: server.url });
  await assertToken(url);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  await server.stop();
});

test('options override the environment, and the environment overrides the file', async () => {
  const { child, url, ended } = await serving({
    HOST: '192.0.2.1',
    PORT: 'x',
    SQLITE_PATH: ':memory:',
    JWT_SECRET: 'other',
  });
  const headers = { Authorization: `Bearer ${userToken('user-456')}` };
  assert.equal((await fetch(`${url}/api/livekit/health`, { headers })).status, 401);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});

test('an unusable address or database is one line of the log and exit code 1', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  writeFileSync(join(folder, 'text.sqlite'), 'this is no database'.repeat(1000));
  for (const [args, env, expected] of [
    [
      ['--port', `${port}`],
      { SQLITE_PATH: ':memory:' },
      /^Cannot listen on http:\/\/127\.0\.0\.1:\d+ \(EADDRINUSE\): set --host and --port, or HOST and PORT, to a free address$/,
    ],
    [
      [],
      { SQLITE_PATH: join(folder, 'text.sqlite') },
      /^The SQLite database \S+ cannot be used: file is not a database$/,
    ],
    [[], { DATABASE_URL: 'hunter2' }, /^DATABASE_URL is not a URL of a PostgreSQL database/],
  ] as [string[], Record<string, string>, RegExp][]) {
    const { code, stdout, stderr } = await run([...ON_LOOPBACK, ...args], { env, cwd: folder });
    assert.deepEqual([code, stdout], [1, '']);
    // Errors of the settings are logged before.
    const { level, message } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    assert.equal(level, 'error');
    assert.match(message, expected);
    assert.doesNotMatch(stderr, /hunter2/);
  }
});

/** Makes Node run a script before the program. */
const before = (program: string) => ({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` });

test("only serve prints Node's warnings", async () => {
  const often = before("setInterval(() => process.emitWarning('of Node'), 20).unref()");
  const child = start(ON_LOOPBACK, { env: { SQLITE_PATH: ':memory:', ...often }, cwd: folder });
  let stderr = '';
  for await (const text of child.stderr.setEncoding('utf8')) {
    stderr += text;
    if (stderr.includes('Warning: of Node')) child.kill('SIGTERM');
  }
  assert.match(stderr, /Warning: of Node/);
  const atTheEnd = before("process.once('beforeExit', () => process.emitWarning('of Node'))");
  const env = { ...SETTINGS, ...atTheEnd };
  const token = await run(['token', '--room', 'lobby', '--identity', 'alice'], { env, cwd: folder });
  assert.deepEqual([token.code, token.stderr], [0, '']);
});

test('without the package postgres, the URL of another database is reported, not the missing package', async () => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === 'postgres') throw Object.assign(new Error('missing'), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(specifier, context);
      },
    });`;
  for (const [DATABASE_URL, expected] of [
    ['mysql://root:hunter2@localhost/db', /^DATABASE_URL is not a URL of a PostgreSQL database/],
    ['postgres://root:12/hunter2@localhost/db', /^DATABASE_URL has a # or \/ that is not escaped/],
    ['postgres://root@localhost/db', /^DATABASE_URL is set, and the package 'postgres' is not installed/],
  ] as const) {
    const { code, stderr } = await run(ON_LOOPBACK, { env: { DATABASE_URL, ...before(hook) }, cwd: folder });
    assert.equal(code, 1);
    assert.match(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').message, expected);
    assert.doesNotMatch(stderr, /hunter2/);
  }
});
