/** Settings as operators write them: errors are logged and make health unhealthy, and harmless variants work. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TokenVerifier } from 'livekit-edge';
import { assertToken } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { logReader, type Settings } from '../support/log-reader.ts';
import { userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const LONG = 'a-LiveKit-secret-of-over-32-bytes';
const GOOD: Settings = { LIVEKIT_API_SECRET: LONG };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const { logOf } = logReader(() => endpoint);

const warnings = async (settings: Settings, run: () => Promise<unknown>) =>
  (await logOf(settings, run))
    .filter(({ level }) => level === 'warn' || level === 'error')
    .map(({ message }) => message);

async function healthOf(settings: Settings) {
  const { status, text } = await endpoint.get('/health', { settings });
  assert.equal(status, 200);
  return JSON.parse(text);
}
const HEALTHY = { status: 'healthy', configured: true };
const UNHEALTHY = { status: 'unhealthy', configured: true };
const INVALID = 'LiveKit configuration invalid';

test('a secret with a line feed at its end signs as the server verifies it, and is advice', async () => {
  for (const end of ['\n', '\r\n', ' ']) {
    const settings = { LIVEKIT_API_SECRET: `${LONG}${end}`, LIVEKIT_API_KEY: `devkey${end}` };
    let token = '';
    const logged = await warnings(settings, async () => {
      ({ token } = assertToken(await endpoint.token({ roomId: ROOM }, { settings })));
      assert.deepEqual(await healthOf(settings), HEALTHY);
    });
    assert.equal((await new TokenVerifier('devkey', LONG).verify(token)).iss, 'devkey');
    assert.deepEqual(
      logged,
      ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'].map(
        (name) => `${name} has white space around its value, which is ignored`,
      ),
    );
  }
});

test('a user-token secret with a line feed at its end verifies tokens that are signed with and without it', async () => {
  const secret = 'a-user-secret-of-more-than-32-bytes';
  const settings = { ...GOOD, JWT_SECRET: `${secret}\n` };
  for (const [signedWith, status] of [
    [secret, 201],
    [`${secret}\n`, 201],
    [`${secret} `, 401],
    ['\n', 401],
  ] as const) {
    const headers = { Authorization: `Bearer ${userToken('user-456', {}, signedWith)}` };
    assert.equal((await endpoint.token({ roomId: ROOM }, { as: null, headers, settings })).status, status);
  }
});

test('health is unhealthy while a setting is wrong, the log says so, and it is healthy again afterwards', async () => {
  for (const [name, value, sentence] of [
    ['LIVEKIT_URL', 'lk.example.com', 'is not a ws, wss, http or https URL'],
    ['LIVEKIT_URL', 'wss://user:hunter2@lk.example.com', 'is not a ws, wss, http or https URL'],
    ['LIVEKIT_API_SECRET', `"${LONG}"`, 'has quotes around its value'],
    ['LIVEKIT_API_KEY', "'devkey'", 'has quotes around its value'],
    ['LIVEKIT_TOKEN_TTL', '1h', 'is not an integer of seconds from 1'],
    ['LIVEKIT_GRANTS', 'roles', 'is not full or role'],
    ['JWT_LEEWAY', '1m', 'is not an integer of seconds from 0 to 300'],
    ['JWT_ALGORITHMS', 'HS256', 'is not a list of'],
    ['CORS_ORIGINS', 'voice.example.org', 'has an entry that is not an origin'],
    ['RATE_LIMIT_PER_USER', 'many', 'is not an integer from 0: 60 applies'],
    ['CLIENT_ADDRESS_HEADER', '"X-Real-IP"', 'has quotes around its value'],
  ] as const) {
    const settings = { ...GOOD, [name]: value };
    const logged = await warnings(settings, async () => {
      assert.deepEqual(await healthOf(settings), UNHEALTHY, name);
      assert.deepEqual(await healthOf(settings), UNHEALTHY, name);
    });
    assert.equal(logged.length, 3, JSON.stringify(logged));
    assert.ok(logged[0]?.startsWith(`${name} ${sentence}`), logged[0]);
    assert.deepEqual(logged.slice(1), [INVALID, INVALID]);
    assert.ok(!logged.join().includes(value));
    assert.deepEqual(await healthOf(GOOD), HEALTHY);
  }
});

test('advice is logged once and does not change health', async () => {
  const settings = { LIVEKIT_API_SECRET: 'short', LOG_LEVEL: 'verbose' };
  const logged = await warnings(settings, async () => {
    for (let count = 0; count < 3; count++) assert.deepEqual(await healthOf(settings), HEALTHY);
  });
  assert.deepEqual(logged, [
    'LIVEKIT_API_SECRET is shorter than 32 bytes: it can be guessed',
    'LOG_LEVEL is not debug, info, warn or error: info applies',
  ]);
});

test('row 39: with missing settings health is unhealthy and not configured', async () => {
  for (const name of ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL']) {
    const settings = { ...GOOD, [name]: ' ' };
    assert.deepEqual(await healthOf(settings), { status: 'unhealthy', configured: false });
  }
});
