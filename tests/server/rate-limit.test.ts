/** 429: which requests are limited, the order of the checks, and limiters that fail. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertAnswer,
  assertError,
  assertToken,
  badRequest,
  FORBIDDEN,
  NO_ROOM,
  NOT_ALLOWED,
  NOT_FOUND,
  NOT_JSON,
  TOO_LARGE,
  UNAUTHORIZED,
  UNAVAILABLE,
  UNSUPPORTED,
} from '../support/answers.ts';
import { type Answer, type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { ADDRESS_HEADER, LIMITS_HEADER, type Limits, toHeader } from '../support/headers.ts';
import { assertTooMany, under } from '../support/limiting.ts';
import { logReader } from '../support/log-reader.ts';
import { sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';
import { event, RECEIVED, webhooks } from '../support/webhooks.ts';

const ROOM = 'channel-abc123';
const BODY = { roomId: ROOM };
const NO = { says: 'no' } as const;
const DEBUG = { LOG_LEVEL: 'debug' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('limits-worker.ts') });
});
after(() => endpoint.stop());
const { logOf } = logReader(() => endpoint);
const webhook = webhooks(() => endpoint);

const ROUTES: Record<string, (asking: Asking) => Promise<Answer>> = {
  token: (asking) => endpoint.token(BODY, asking),
  'dm-token': (asking) => endpoint.post('/dm-token', { roomId: 'dm-group-1' }, asking),
  'token-source': (asking) => endpoint.post('/token-source', { room_name: ROOM }, asking),
  mute: (asking) =>
    endpoint.post(`/channels/${ROOM}/mute-participant`, { participantIdentity: 'x', mute: true }, asking),
  kick: (asking) => endpoint.post(`/channels/${ROOM}/kick-participant`, { participantIdentity: 'x' }, asking),
  remove: (asking) => endpoint.post(`/channels/${ROOM}/remove-participant`, { participantIdentity: 'x' }, asking),
  lock: (asking) => endpoint.post(`/channels/${ROOM}/lock`, { locked: true }, asking),
  end: (asking) => endpoint.post(`/channels/${ROOM}/end`, {}, asking),
  presence: (asking) => endpoint.get(`/channels/${ROOM}/voice-presence`, asking),
  'connection-info': (asking) => endpoint.get('/connection-info', asking),
  health: (asking) => endpoint.get('/health', asking),
};

test('each route is limited by address and by user; the document by address; webhooks not at all', async () => {
  for (const [route, ask] of Object.entries(ROUTES)) {
    assertTooMany(await ask(under({ address: NO })), '60', route);
    assertTooMany(await ask(under({ user: NO })), '60', route);
    assert.notEqual((await ask(under({}))).status, 429, route);
  }
  assertTooMany(await endpoint.get('/openapi.json', under({ address: NO })));
  // A refused probe would restart the process.
  assert.equal((await endpoint.get('/livez', under({ address: NO, user: NO }))).status, 200);
  assert.equal((await endpoint.get('/openapi.json', under({ user: NO }))).status, 200);
  const limits = { [LIMITS_HEADER]: toHeader({ address: NO, user: NO }) };
  const body = event('room_started', ROOM);
  const signed = await webhook(body, { headers: limits });
  assertAnswer(signed, 200, RECEIVED);
  assertError(await webhook(body, { headers: { ...limits, Authorization: '' } }), UNAUTHORIZED);
});

test('an address is refused before the request is parsed, a user as soon as the caller is authenticated', async () => {
  const cookie = { Cookie: `access_token=${userToken('user-456')}`, 'Content-Type': 'text/plain' };
  // Each response, and what it would be without the limit of the user.
  for (const [body, asking, error, isBeforeUser] of [
    ['{', {}, NOT_JSON, true],
    [BODY, { as: null, headers: cookie }, UNSUPPORTED, true],
    [BODY, { as: null }, UNAUTHORIZED, true],
    [BODY, { headers: { Authorization: 'Bearer x' } }, UNAUTHORIZED, true],
    [BODY, { as: 'user-stranger' }, FORBIDDEN, false],
    [{}, {}, NO_ROOM, false],
    [{ ...BODY, ttl: 0 }, {}, badRequest(['ttl must not be less than 1']), false],
    [BODY, { settings: { DB: null } }, UNAVAILABLE, false],
  ] as const) {
    const what = JSON.stringify([asking, error]);
    assertError(await endpoint.token(body, under({}, asking)), error, what);
    assertTooMany(await endpoint.token(body, under({ address: NO, user: NO }, asking)), '60', what);
    const answer = await endpoint.token(body, under({ user: NO }, asking));
    if (isBeforeUser) assertError(answer, error, what);
    else assertTooMany(answer, '60', what);
  }
  const large = (limits: Limits) =>
    sendRaw(
      endpoint.url,
      'POST /api/livekit/token',
      [`${LIMITS_HEADER}: ${toHeader(limits)}`, `${ADDRESS_HEADER}: 192.0.2.1`, 'Content-Length: 102401'],
      '{',
    );
  assertError(await large({ user: NO }), TOO_LARGE);
  assertTooMany(await large({ address: NO, user: NO }));
  const both = under({ address: NO, user: NO });
  assertError(await endpoint.get('/token', both), NOT_ALLOWED);
  assertError(await endpoint.get('/nowhere', both), NOT_FOUND);
});

test('only the caller above a limit is refused', async () => {
  const user = { user: { lets: 2, name: 'per user' } };
  const address = { address: { lets: 2, name: 'per address' } };
  for (const _ of [1, 2]) {
    assertToken(await endpoint.token(BODY, under(user)));
    assertToken(await endpoint.token(BODY, under(address)));
  }
  assertTooMany(await endpoint.token(BODY, under(user, {}, '192.0.2.2')));
  assertTooMany(await endpoint.token(BODY, under(address, { as: 'user-789' })));
  assertToken(await endpoint.token(BODY, under(user, { as: 'user-789' })));
  assertToken(await endpoint.token(BODY, under(address, {}, '192.0.2.2')));
  // A request with an invalid token counts for no user.
  const forged = { Authorization: `Bearer ${userToken('user-owner', {}, 'x')}` };
  const one = { user: { lets: 1, name: 'one' } };
  for (const _ of [1, 2, 3]) assertError(await endpoint.token(BODY, under(one, { headers: forged })), UNAUTHORIZED);
  assertToken(await endpoint.token(BODY, under(one, { as: 'user-owner' })));
});

test('Retry-After is an integer of seconds, from one to a day, whatever the limiter returns', async () => {
  for (const [says, wait] of [
    ['no', '60'],
    ['no, 0 s', '1'],
    ['no, 0.2 s', '1'],
    ['no, 7 s', '7'],
    ['no, 7.2 s', '8'],
    ['no, -5 s', '1'],
    ['no, 1e12 s', '86400'],
    ['no, NaN s', '60'],
    ['no, Infinity s', '60'],
    ['no, a text', '60'],
    ['no, null', '60'],
    ['no, a BigInt', '60'],
    ['in time', '60'],
  ] as const) {
    for (const limits of [{ user: { says } }, { address: { says } }]) {
      const answer = await endpoint.token(BODY, under(limits));
      assertTooMany(answer, wait, says);
      assert.equal(answer.headers.get('set-cookie'), null);
    }
  }
});

test('a limiter that fails admits all requests, and the log names it', async () => {
  for (const says of [
    'exception',
    'rejection',
    'rejection of nothing',
    'an exception that is no Error',
    'undefined',
    'null',
    'a text',
    'an empty object',
    'a number in place of a success',
    'a success that is a text',
    'a getter that throws',
  ]) {
    for (const limit of ['user', 'address']) {
      const lines = await logOf({}, async () => {
        assertToken(await endpoint.token(BODY, under({ [limit]: { says } })), says);
      });
      const [error] = lines.filter(({ level }) => level === 'error');
      assert.deepEqual([error?.message, error?.limit], ['A rate limiter failed: the request is allowed', limit], says);
      assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    }
  }
  const lines = await logOf({}, async () => assertToken(await endpoint.token(BODY, under({ unbound: true }))));
  assert.equal(lines.filter(({ level }) => level === 'error').length, 2);
});

test('a limiter that does not answer in a second admits the request', async () => {
  for (const says of ['never', 'too late', 'a rejection too late']) {
    for (const limit of ['user', 'address']) {
      const start = performance.now();
      const lines = await logOf({}, async () => {
        assertToken(await endpoint.token(BODY, under({ [limit]: { says } })), says);
      });
      const waited = performance.now() - start;
      assert.ok(waited > 900 && waited < 5000, `${waited} ms`);
      const { requestId, ...error } = lines.find(({ level }) => level === 'error') ?? { requestId: '' };
      const message = 'A rate limiter did not answer: the request is allowed';
      assert.deepEqual(error, { level: 'error', message, limit, milliseconds: 1000 });
    }
  }
});

test('the debug log names the limit, and has nothing of the address', async () => {
  for (const [limits, reason] of [
    [{ address: NO }, 'address'],
    [{ user: NO }, 'user'],
  ] as const) {
    const lines = await logOf(DEBUG, () => endpoint.token(BODY, under(limits, { settings: DEBUG })));
    const { requestId, ...refused } = lines.find(({ message }) => message === 'Request refused') ?? { requestId: '' };
    const details = { status: 429, code: 'too_many_requests', reason };
    assert.deepEqual(refused, { level: 'debug', message: 'Request refused', ...details });
    assert.doesNotMatch(JSON.stringify(lines), /192\.0\.2/);
  }
});

test('a page that may read responses sees Retry-After; a preflight is not counted', async () => {
  const origin = 'https://app.example.com';
  const settings = { CORS_ORIGINS: origin };
  const limits = { address: { says: 'no, 7 s' } };
  const refused = await endpoint.token(BODY, under(limits, { settings, headers: { Origin: origin } }));
  assertTooMany(refused, '7');
  assert.equal(refused.headers.get('access-control-allow-origin'), origin);
  assert.match(refused.headers.get('access-control-expose-headers') ?? '', /Retry-After/);
  const preflight = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
  const answer = await endpoint.send('OPTIONS', '/token', under(limits, { as: null, settings, headers: preflight }));
  assert.equal(answer.status, 204);
});
