// `livekit-edge doctor`: errors of settings and of LiveKit servers, one of which is LiveKit's own.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { type Livekit, startLivekit } from '../support/livekit.mjs';
import { run, SETTINGS } from './support/cli.ts';
import { doctor, findings, folder, JWT_SECRET, listening, SQLITE_PATH, unusedUrl } from './support/doctor.ts';

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

  it('is called at LIVEKIT_INTERNAL_URL, and settings may come from a file', async ({ httpUrl }) => {
    const file = join(folder, 'settings.env');
    const settings = { ...SETTINGS, LIVEKIT_URL: 'ws://127.0.0.1:1', LIVEKIT_INTERNAL_URL: httpUrl };
    writeFileSync(
      file,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    assert.match(findings(await doctor({ SQLITE_PATH }, '-e', file), 'livekit').join(), /^ok: /);
  });

  it('that has no egress service is a warning if recording is configured', async ({ url }) => {
    const env = { ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH, RECORDING_FILEPATH: '{room_name}/{time}' };
    assert.deepEqual(findings(await doctor(env), 'livekit'), [
      'warning: The LiveKit server is reached and has no egress service connected: requests to record are answered 503',
    ]);
  });

  it('that knows another secret, or does not know the key, refuses our token', async ({ url }) => {
    for (const change of [{ LIVEKIT_API_SECRET: `not-${JWT_SECRET}` }, { LIVEKIT_API_KEY: 'another' }]) {
      const [check] = findings(await doctor({ ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH, ...change }), 'livekit');
      assert.match(check ?? '', /^error: The LiveKit server is reached and refuses our token \(HTTP 401\): /);
    }
  });

  it('is checked by name if there are several', async ({ url }) => {
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

const ANSWERS: [name: string, answer: RequestListener, expected: RegExp][] = [
  ['a page', (_, response) => response.end('<html>'), /does not answer as .+ \(HTTP 200\)$/],
  ['JSON of something else', (_, response) => response.end('{}'), /does not answer as .+ \(HTTP 200\)$/],
  ['404', (_, response) => response.writeHead(404).end(), /does not answer as .+ \(HTTP 404\)$/],
  [
    'a redirect',
    (_, response) => response.writeHead(302, { location: '/' }).end(),
    /does not answer as .+ \(HTTP 302\)$/,
  ],
  ['an endless body', (_, response) => void response.write('{'), /cannot be reached: no answer in 5 seconds$/],
  ['a connection that is cut', ({ socket }) => socket.destroy(), /cannot be reached \(UND_ERR_SOCKET\)$/],
];

for (const [name, answer, expected] of ANSWERS) {
  test(`${name} in place of a LiveKit server is an error`, async () => {
    const { server, url } = await listening(createServer(answer));
    const [check] = findings(await doctor({ ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH }), 'livekit');
    server.closeAllConnections();
    server.close();
    assert.match(check ?? '', /^error: The LiveKit server /);
    assert.match(check ?? '', expected);
  });
}

test('a server that accepts connections and does not answer, or does not speak HTTP, is an error', async () => {
  const silent = await listening(createTcpServer((socket) => void socket.on('error', () => {})));
  const other = await listening(createTcpServer((socket) => void socket.on('error', () => {}).end('SSH-2.0\r\n')));
  const [[first], [second]] = (await Promise.all(
    [silent, other].map(async ({ url }) =>
      findings(await doctor({ ...SETTINGS, LIVEKIT_URL: url, SQLITE_PATH }), 'livekit'),
    ),
  )) as [string[], string[]];
  silent.server.close();
  other.server.close();
  assert.match(first ?? '', /cannot be reached: no answer in 5 seconds$/);
  assert.match(second ?? '', /does not answer as .+ \((HPE_INVALID_CONSTANT|HTTPParserError)\)$/);
});

test('a host that does not exist is an error', async () => {
  const LIVEKIT_URL = 'wss://livekit.invalid';
  const [check] = findings(await doctor({ ...SETTINGS, LIVEKIT_URL, SQLITE_PATH }), 'livekit');
  assert.match(check ?? '', /^error: The LiveKit server cannot be reached \((ENOTFOUND|EAI_AGAIN)\)$/);
});

test('errors of settings are those of the endpoint; checks that they prevent are left out', async () => {
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
  assert.deepEqual([findings(own, 'settings'), findings(own, 'database')], [['ok: The settings are valid'], []]);
});
