// The dev server runs with the demo's settings unless the environment says otherwise.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { portFrom } from '../../scripts/serve/port.mjs';
import { workerSettings } from '../../scripts/serve/settings.mjs';
import { userToken } from '../../scripts/serve/user-token.mjs';

test('settings: the demo data, overridden by the environment, an empty value included', () => {
  assert.deepEqual(
    workerSettings({ HOME: '/home/alice', LIVEKIT_EDGE_RUST: 'debian', LIVEKIT_URL: '', LIVEKIT_MAX_TTL: '60' }),
    {
      ...demoSettings,
      LIVEKIT_URL: '',
      LIVEKIT_MAX_TTL: '60',
    },
  );
});

test("settings: the demo's server and key give way to servers and keys of the environment", () => {
  const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET, LIVEKIT_URL, ...others } = demoSettings;
  assert.ok(LIVEKIT_API_KEY !== undefined && LIVEKIT_API_SECRET !== undefined);
  assert.deepEqual(workerSettings({ LIVEKIT_KEYS: 'k: s' }), { ...others, LIVEKIT_URL, LIVEKIT_KEYS: 'k: s' });
  assert.deepEqual(workerSettings({ LIVEKIT_SERVERS: '[]' }), { ...others, LIVEKIT_SERVERS: '[]' });
  const all = { LIVEKIT_SERVERS: '[]', LIVEKIT_URL: 'wss://x.example' };
  assert.deepEqual(workerSettings(all), { ...others, ...all });
  assert.deepEqual(workerSettings({ LIVEKIT_KEYS: '' }), { ...demoSettings, LIVEKIT_KEYS: '' });
});

test('settings: every documented one can be tried, but those of the process itself', () => {
  const page = readFileSync(join(root, 'docs', 'endpoint.md'), 'utf8');
  const [, table = ''] = /\n\| setting \|(.*?)\n\n/s.exec(page) ?? [];
  const names = table.split('\n').flatMap((row) => row.split('|')[1]?.match(/(?<=`)[A-Z_]+(?=`)/g) ?? []);
  const ofProcess = ['SQLITE_PATH', 'DATABASE_URL', 'HOST', 'PORT'];
  const expected = names.filter((name) => !ofProcess.includes(name));
  assert.ok(expected.includes('OPERATOR_KEY'), 'the table is found');
  const passedOn = workerSettings(Object.fromEntries(names.map((name) => [name, 'set'])));
  assert.deepEqual(Object.keys(passedOn).sort(), expected.sort());
});

test('port: a number, or a sentence', () => {
  assert.equal(portFrom(undefined), 8787);
  assert.equal(portFrom(''), 8787);
  assert.equal(portFrom('0'), 0);
  for (const text of ['65536', '-1', '80.5', '0x50', 'http']) assert.throws(() => portFrom(text), /^Error: PORT is /);
});

test("user token: Kraken's claims, twelve hours, HS256 with JWT_SECRET", async () => {
  const user = { id: 'user-456', username: 'alice', role: 'USER' };
  const token = await userToken(user, { JWT_SECRET: ' k ', JWT_ISSUER: 'i' }, 1000);
  const [header = '', claims = '', signature] = token.split('.');
  const { jti, ...rest } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  assert.deepEqual(rest, { username: 'alice', sub: 'user-456', role: 'USER', iat: 1000, exp: 44_200, iss: 'i' });
  assert.match(jti, /^[0-9a-f-]{36}$/);
  assert.equal(signature, createHmac('sha256', 'k').update(`${header}.${claims}`).digest('base64url'));
  assert.match(await userToken(user, { JWT_SECRET: '' }), /^eyJ/, 'without a secret the endpoint says what is missing');
});
