/** checkSettings: the errors of any environment, in sentences without its values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSettings, livekit, type SettingError } from 'livekit-edge/server';

const LONG = 'a-secret-of-more-than-thirty-two-bytes';
const GOOD = {
  LIVEKIT_API_KEY: 'devkey',
  LIVEKIT_API_SECRET: LONG,
  LIVEKIT_URL: 'wss://lk.example.com',
  JWT_SECRET: LONG,
};
const codes = (env: object, options = {}) =>
  checkSettings({ ...GOOD, ...env }, options).map(({ setting, code, severity }) => `${severity} ${setting} ${code}`);

test('a valid environment has no errors, and an empty one those of required settings', () => {
  assert.deepEqual(checkSettings(GOOD), []);
  assert.deepEqual(
    checkSettings({}).map(({ setting, code }) => `${setting} ${code}`),
    ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL', 'JWT_SECRET'].map((name) => `${name} missing`),
  );
});

test('an error has a setting, a code, a sentence and a severity', () => {
  const [error, ...others] = checkSettings({ ...GOOD, LIVEKIT_URL: 'lk.example.com' });
  assert.deepEqual(others, []);
  assert.deepEqual(error, {
    setting: 'LIVEKIT_URL',
    code: 'invalid',
    message:
      'LIVEKIT_URL is not a ws, wss, http or https URL such as wss://livekit.example.com: clients cannot connect',
    severity: 'warning',
  } satisfies SettingError);
});

test('settings of Rust, of the identity provider and of HTTP are in one list, each setting once', () => {
  assert.deepEqual(
    codes({
      LIVEKIT_MAX_TTL: '1h',
      JWT_JWKS_URL: 'http://login.example.com',
      JWT_ISSUER: 'x',
      JWT_AUDIENCE: 'x',
      CORS_ORIGINS: 'example.com',
      RATE_LIMIT_PER_USER: '"60"',
      CLIENT_ADDRESS_HEADER: {},
      LOG_LEVEL: 'loud',
    }),
    [
      'warning LIVEKIT_MAX_TTL invalid',
      'advice LOG_LEVEL invalid',
      'warning RATE_LIMIT_PER_USER quoted',
      'warning CLIENT_ADDRESS_HEADER invalid',
      'error JWT_JWKS_URL invalid',
      'warning CORS_ORIGINS invalid',
    ],
  );
});

test('settings of a process are checked only on request, because an application may use the names otherwise', () => {
  const env = { DATABASE_URL: 'file:./dev.db', PORT: 'http' };
  assert.deepEqual(codes(env), []);
  assert.deepEqual(codes(env, { process: true }), ['error DATABASE_URL invalid', 'error PORT invalid']);
  assert.deepEqual(codes({ HOST: 'localhost:80', DATABASE_URL: 'postgres://u:a#b@h/d' }, { process: true }), [
    'error DATABASE_URL unescaped',
    'error HOST invalid',
  ]);
  assert.deepEqual(codes({ DATABASE_URL: 'postgres://u:p@h/d?schema=public', PORT: '' }, { process: true }), []);
});

test('a misspelt setting is a warning that names the setting, and makes the endpoint unhealthy', async () => {
  const { JWT_SECRET, ...others } = GOOD;
  const [missing, misspelt] = checkSettings({ ...others, JWT_SECERT: LONG });
  assert.deepEqual([missing?.setting, missing?.code], ['JWT_SECRET', 'missing']);
  assert.deepEqual(misspelt, {
    setting: 'JWT_SECERT',
    code: 'unknown_setting',
    message: 'JWT_SECERT is not a setting, and is ignored: the setting is JWT_SECRET',
    severity: 'warning',
  } satisfies SettingError);
  assert.deepEqual(codes({ LIVEKIT_GRANT: 'role' }), ['warning LIVEKIT_GRANT unknown_setting']);
  assert.deepEqual(codes({ LIVEKIT_GRANT: 'role', LIVEKIT_GRANTS: 'full', LIVEKIT_CONFIG: '', HOSTS: 'x' }), []);
  assert.deepEqual(codes(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`LIVEKIT_${at}`, '']))), []);
  const health = async (env: object) => {
    const app = livekit({ authenticate: () => ({ userId: 'u' }), authorize: () => null, settings: () => env });
    return (await app.request('/health')).text();
  };
  assert.equal(await health({ ...GOOD }), '{"status":"healthy","configured":true}');
  assert.equal(await health({ ...GOOD, LIVEKIT_GRANT: 'role' }), '{"status":"unhealthy","configured":true}');
  const noKeys = new Proxy(
    { ...GOOD },
    {
      ownKeys() {
        throw new Error('hunter2');
      },
    },
  );
  assert.throws(() => checkSettings(noKeys), { name: 'LivekitException', code: 'not_configured' });
});

test('values of any type and size are errors or valid, and in no message', () => {
  const mark = 'hunter2';
  const values: unknown[] = [
    ...['', ' ', '\0', '\ud800', `${mark}\n`, `"${mark}"`, mark.repeat(1000), `${mark}\u2028{"level":"error"}`],
    ...[7, -1, Number.NaN, true, null, undefined, {}, [], [mark], { toString: () => mark }, () => mark, Symbol(mark)],
  ];
  const names = [
    ...Object.keys(GOOD),
    ...['JWT_SECRETS', 'JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_CLIENT_ID', 'JWT_ALGORITHMS', 'JWT_LEEWAY'],
    ...['LIVEKIT_GRANTS', 'CORS_ORIGINS', 'CLIENT_ADDRESS_HEADER', 'LOG_LEVEL', 'DATABASE_URL', 'PORT', 'HOST'],
  ];
  for (const name of names) {
    for (const value of values) {
      for (const { setting, message } of checkSettings({ ...GOOD, [name]: value }, { process: true })) {
        assert.ok(message.startsWith(`${setting} `) && !message.includes(mark), message);
      }
    }
  }
});

test('an environment that throws is a LivekitException, and inherited settings do not count', () => {
  const thrower = Object.defineProperty({ ...GOOD }, 'JWT_SECRET', {
    get() {
      throw new Error('hunter2');
    },
  });
  assert.throws(() => checkSettings(thrower), { name: 'LivekitException', code: 'not_configured' });
  assert.throws(() => checkSettings({ JWT_SECRET: 'x'.repeat(2 * 1024 * 1024) }), { code: 'not_configured' });
  for (const env of [undefined, null, 7, 'x', []]) assert.equal(checkSettings(env as unknown as object).length, 4);
});

test('a URL that is accepted is also valid in JavaScript', () => {
  const parts = ['wss', 'ws', 'http', '://', ':', '/', '//', 'a', 'lk.example.com', '1.2.3.4', '0x7f', '8', '.', '..'];
  parts.push('@', '%', '%41', '[::1]', '?', '#', '\\', ' ', '_', '-', '99999', '443', '<', '^', '|', '`', '{', '"');
  let accepted = 0;
  let state = 1;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let count = 0; count < 20_000; count++) {
    const rest = Array.from({ length: 1 + random(5) }, () => parts[random(parts.length)]).join('');
    const url = random(4) === 0 ? rest : `wss://${rest}`;
    if (codes({ LIVEKIT_URL: url }).length > 0) continue;
    accepted += 1;
    assert.ok(URL.canParse(url), url);
    const { protocol, hostname, username, password } = new URL(url);
    assert.match(protocol, /^(wss?|https?):$/);
    assert.ok(hostname !== '' && username === '' && password === '', url);
  }
  assert.ok(accepted > 1000, `${accepted}`);
});

test('an operator key that is short, or another key of the settings, is a warning without any part of it', () => {
  const KEY = 'an-operator-key-of-more-than-32-bytes';
  assert.deepEqual(codes({ OPERATOR_KEY: KEY }), []);
  assert.deepEqual(codes({ OPERATOR_KEY: ` ${KEY}\n` }), []);
  for (const OPERATOR_KEY of [KEY.slice(0, 31), LONG, 7, {}]) {
    assert.deepEqual(codes({ OPERATOR_KEY }), ['warning OPERATOR_KEY invalid'], JSON.stringify(OPERATOR_KEY));
  }
  assert.deepEqual(codes({ OPERATOR_KEY: `"${KEY}"` }), ['warning OPERATOR_KEY quoted']);
});
