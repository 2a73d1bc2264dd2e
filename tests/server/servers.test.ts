/** Several LiveKit servers: which server a request uses, and at which URL the endpoint calls it. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { TokenVerifier } from 'livekit-edge';
import { type FakeLivekit, json, MICROPHONE, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import {
  assertAnswer,
  assertError,
  assertToken,
  badRequest,
  LIVEKIT_SLOW,
  NOT_CONFIGURED,
  NOT_CREATED,
  NOT_MUTED,
  UNAUTHORIZED,
} from '../support/answers.ts';
import { MUTE, SUCCESS, withFakeLivekit } from '../support/muting.ts';
import { secretOf, severalServers } from '../support/servers.ts';
import { userToken } from '../support/user-token.ts';
import { moved, RECEIVED, signatureOf, webhooks } from '../support/webhooks.ts';

const running = withFakeLivekit();
let other: FakeLivekit;
before(async () => {
  other = await startFakeLivekit('/sfu');
});
after(() => other.stop());
beforeEach(() => {
  other.calls.length = 0;
  other.behaviours.clear();
  other.participants.set('user-456', { identity: 'user-456', tracks: [MICROPHONE] });
});

/** By rendezvous hashing with the names `eu` and `us`. */
const ROOMS = { eu: 'channel-meeting-456', us: 'channel-abc123' };
const NAMES = ['eu', 'us'] as const;
const settings = () => severalServers({ eu: running.livekit.url, us: other.url });
const urlOf = (name: 'eu' | 'us') => (name === 'eu' ? running.livekit : other).url;
const mute = (channel: string, settings: Record<string, unknown>) =>
  running.endpoint.post(`/channels/${channel}/mute-participant`, MUTE, { as: 'user-mod', settings });
const credentials = { LIVEKIT_URL: 'wss://public.example' };

describe('several servers', () => {
  test("token, URL and calls are those of the room's server", async () => {
    for (const name of NAMES) {
      const room = ROOMS[name];
      const verifier = new TokenVerifier(`key-${name}`, secretOf(name));
      for (const [path, body] of [
        ['/token', { roomId: room }],
        ['/token-source', { room_name: room }],
      ] as const) {
        const answer = await running.endpoint.post(path, body, { settings: settings() });
        assert.equal(answer.status, 201);
        const { token, url, participant_token, server_url } = JSON.parse(answer.text);
        assert.equal(url ?? server_url, urlOf(name));
        assert.equal(verifier.verifySync(token ?? participant_token).video?.room, room);
      }
      const info = await running.endpoint.get(`/connection-info?roomId=${room}`, { settings: settings() });
      assertAnswer(info, 200, JSON.stringify({ url: urlOf(name) }));
      const [asked, notAsked] = name === 'eu' ? [running.livekit, other] : [other, running.livekit];
      running.livekit.calls.length = 0;
      other.calls.length = 0;
      assertAnswer(await mute(room, settings()), 201, SUCCESS);
      assert.deepEqual([asked.calls.length, notAsked.calls.length], [2, 0]);
      for (const { headers } of asked.calls) {
        const token = headers.authorization?.replace('Bearer ', '') ?? '';
        assert.deepEqual(verifier.verifySync(token).video, { roomAdmin: true, room });
      }
    }
  });

  test('a room of direct messages has a server too', async () => {
    const answer = await running.endpoint.post('/dm-token', { roomId: 'dm-group-1' }, { settings: settings() });
    assert.equal(assertToken(answer).url, other.url);
  });

  test('connection-info needs a room, and a valid one', async () => {
    for (const query of ['', '?roomId=', '?roomId=%20', '?room=x', `?roomId=${'x'.repeat(257)}`, '?roomId=a%00b']) {
      const answer = await running.endpoint.get(`/connection-info${query}`, { settings: settings() });
      assert.equal(answer.status, 400, query);
      assert.match(JSON.parse(answer.text).message[0], /^roomId /);
    }
    const empty = await running.endpoint.get('/connection-info', { settings: settings() });
    assertError(empty, badRequest(['roomId should not be empty']));
    // With one server no room is needed.
    const one = await running.endpoint.get('/connection-info?roomId=%00', { settings: credentials });
    assertAnswer(one, 200, '{"url":"wss://public.example"}');
    const stranger = await running.endpoint.get('/connection-info?roomId=x', { as: null, settings: settings() });
    assertError(stranger, UNAUTHORIZED);
  });

  test('a server that is down is 502 for its rooms, and the others work', async () => {
    const dead = severalServers({ eu: running.livekit.url, us: 'ws://127.0.0.1:1' });
    assertError(await mute(ROOMS.us, dead), NOT_MUTED);
    assertAnswer(await mute(ROOMS.eu, dead), 201, SUCCESS);
    assertAnswer(await mute(ROOMS.us, settings()), 201, SUCCESS);
  });

  test('webhooks are verified by the key of their issuer', async () => {
    const send = webhooks(() => running.endpoint);
    const from = async (key: string, secret: string) => {
      const body = moved('left', ROOMS.eu, 'user-456');
      return send(body, { settings: settings(), headers: { Authorization: await signatureOf(body, { key, secret }) } });
    };
    for (const name of NAMES) assertAnswer(await from(`key-${name}`, secretOf(name)), 200, RECEIVED);
    for (const [key, secret] of [
      ['key-eu', secretOf('us')],
      ['key-us', secretOf('eu')],
      ['key-ap', secretOf('eu')],
      ['devkey', 'secret'],
    ] as const) {
      assertError(await from(key, secret), UNAUTHORIZED);
    }
  });

  test('a LiveKit token of any key is not a user token, even if one secret signs both', async () => {
    for (const [iss, changes] of [
      ['key-eu', settings()],
      ['key-us', settings()],
      ['key-old', { LIVEKIT_KEYS: 'key-new: s1\nkey-old: s2' }],
      ['key-new', { LIVEKIT_KEYS: 'key-new: s1\nkey-old: s2' }],
      ['devkey', { LIVEKIT_KEYS: 'key-new: s1' }],
    ] as const) {
      const headers = { Authorization: `Bearer ${userToken('user-456', { iss })}` };
      const asking = { as: null, headers, settings: { ...changes } };
      assertError(await running.endpoint.token({ roomId: ROOMS.us }, asking), UNAUTHORIZED, iss);
    }
  });

  test('with an error in the keys every issuer may be an API key, so its token is not a user token', async () => {
    const [server] = JSON.parse(JSON.stringify(settings().LIVEKIT_SERVERS)) as object[];
    for (const changes of [
      { LIVEKIT_KEYS: 'key-new: s1\nkey-old' },
      { ...settings(), LIVEKIT_SERVERS: [{ ...server, url: 'x' }] },
    ]) {
      for (const iss of ['key-new', 'key-old', 'key-eu', 'devkey']) {
        const headers = { Authorization: `Bearer ${userToken('user-456', { iss })}` };
        const asking = { as: null, headers, settings: changes };
        assertError(await running.endpoint.token({ roomId: ROOMS.us }, asking), UNAUTHORIZED, iss);
      }
      assertError(await running.endpoint.token({ roomId: ROOMS.us }, { settings: changes }), NOT_CONFIGURED);
    }
  });

  test('invalid settings: no token, unhealthy, and one log line each without the value', async () => {
    const canary = 'canary-of-the-test';
    const good = { name: 'eu', url: 'wss://eu.example', keys: `key: ${canary}` };
    const alone = severalServers({});
    for (const [changes, line] of [
      [{ ...alone, LIVEKIT_SERVERS: canary }, 'LIVEKIT_SERVERS is not JSON, or repeats a field'],
      [{ ...alone, LIVEKIT_SERVERS: [] }, 'LIVEKIT_SERVERS is not an array of one or more servers'],
      [{ ...alone, LIVEKIT_SERVERS: [good, good] }, 'LIVEKIT_SERVERS[1].name is also the name of another server'],
      [{ ...alone, LIVEKIT_SERVERS: [{ ...good, keys: '' }] }, 'LIVEKIT_SERVERS[0].keys has no API key and secret'],
      [
        { ...alone, LIVEKIT_SERVERS: [{ ...good, url: canary }] },
        /^LIVEKIT_SERVERS\[0\]\.url is not a URL of a LiveKit/,
      ],
      [{ ...alone, LIVEKIT_SERVERS: 7 }, 'LIVEKIT_SERVERS is not an array of one or more servers'],
      [{ LIVEKIT_SERVERS: [good] }, /^LIVEKIT_API_KEY is set together with LIVEKIT_SERVERS/],
      [{ LIVEKIT_KEYS: `key: s\n${canary}` }, /^LIVEKIT_KEYS, line 2 is not "key: secret"/],
      [{ LIVEKIT_KEYS: `${canary}:` }, 'LIVEKIT_KEYS, line 1 has a blank secret'],
      [{ LIVEKIT_KEYS: `devkey: ${canary}` }, /^LIVEKIT_KEYS has another secret for an API key/],
      [{ LIVEKIT_KEYS: {} }, /^LIVEKIT_KEYS, line 1 is not "key: secret"/],
      [{ LIVEKIT_INTERNAL_URL: canary }, /^LIVEKIT_INTERNAL_URL is not a URL of a LiveKit server/],
    ] as const) {
      const what = String(line);
      const settings = { ...changes };
      const start = running.endpoint.log.length;
      assertError(await running.endpoint.token({ roomId: ROOMS.eu }, { settings }), NOT_CONFIGURED, what);
      assertError(await mute(ROOMS.eu, settings), NOT_CONFIGURED, what);
      const health = await running.endpoint.get('/health', { settings });
      assertAnswer(health, 200, '{"status":"unhealthy","configured":false}', what);
      await running.endpoint.logged('LiveKit configuration incomplete');
      const lines = running.endpoint.log.slice(start);
      const messages = lines.map((text) => JSON.parse(text)).filter(({ level }) => level === 'error');
      const isSo = ({ message }: { message: string }) =>
        typeof line === 'string' ? message === line : line.test(message);
      assert.ok(messages.some(isSo), `${what}: ${lines.join('\n')}`);
      assert.ok(!lines.join('\n').includes(canary), what);
      // No key verifies a webhook, and the next valid request succeeds.
      const body = moved('left', ROOMS.eu, 'user-456');
      const headers = { Authorization: await signatureOf(body) };
      assertError(await webhooks(() => running.endpoint)(body, { settings, headers }), UNAUTHORIZED, what);
      assertToken(await running.endpoint.token({ roomId: ROOMS.eu }));
    }
  });
});

test('the endpoint calls LIVEKIT_INTERNAL_URL, and clients do not see it', async () => {
  const settings = { LIVEKIT_URL: 'wss://public.example', LIVEKIT_INTERNAL_URL: other.url };
  assertAnswer(await mute(ROOMS.us, settings), 201, SUCCESS);
  assert.deepEqual([other.calls.length, running.livekit.calls.length], [2, 0]);
  assert.ok(other.calls.every(({ path }) => path.startsWith('/sfu/twirp/')));
  const { url } = assertToken(await running.endpoint.token({ roomId: ROOMS.us }, { settings }));
  assert.equal(url, 'wss://public.example');
  assertAnswer(await running.endpoint.get('/connection-info', { settings }), 200, '{"url":"wss://public.example"}');
});

describe('LIVEKIT_CREATE_ROOMS', () => {
  const creating = () => ({ LIVEKIT_URL: running.livekit.url, LIVEKIT_CREATE_ROOMS: 'true' });
  const ask = (settings: Record<string, unknown> = creating()) =>
    running.endpoint.token({ roomId: ROOMS.us }, { settings });

  test('the room is created before the token is returned, with a token that only creates rooms', async () => {
    for (const [path, body] of [
      ['/token', { roomId: ROOMS.us }],
      ['/token-source', { room_name: ROOMS.us }],
      ['/dm-token', { roomId: 'dm-group-1' }],
    ] as const) {
      running.livekit.calls.length = 0;
      assert.equal((await running.endpoint.post(path, body, { settings: creating() })).status, 201);
      const name = 'roomId' in body ? body.roomId : body.room_name;
      const [call, ...others] = running.livekit.calls;
      assert.deepEqual([call?.path, call?.body, others], ['/twirp/livekit.RoomService/CreateRoom', { name }, []]);
      const token = call?.headers.authorization?.replace('Bearer ', '') ?? '';
      assert.deepEqual(new TokenVerifier('devkey', 'secret').verifySync(token).video, { roomCreate: true });
    }
  });

  test('a caller who may not join creates no room, and without the setting no room is created', async () => {
    for (const [body, asking, status] of [
      [{ roomId: 'channel-private-1' }, {}, 403],
      [{ roomId: ROOMS.us }, { as: null }, 401],
      [{ roomId: '' }, {}, 400],
      [{ roomId: ROOMS.us, ttl: 0 }, {}, 400],
    ] as const) {
      assert.equal((await running.endpoint.token(body, { settings: creating(), ...asking })).status, status);
    }
    for (const off of ['false', '', '0', 'yes', null]) {
      assert.equal((await ask({ ...creating(), LIVEKIT_CREATE_ROOMS: off })).status, 201);
    }
    assert.deepEqual(running.livekit.calls, []);
  });

  test('a server that fails is 502 without a token, a slow one 504, and the next request works', async () => {
    const fail = (status: number, body: unknown) => {
      running.livekit.behaviours.set('CreateRoom', (response) => json(response, status, body));
    };
    for (const [status, body] of [
      [500, {}],
      [401, { code: 'unauthenticated' }],
      [404, { code: 'not_found' }],
      [412, { code: 'failed_precondition' }],
      [200, {}],
      [200, []],
      [200, { name: 'another' }],
      [302, {}],
    ] as const) {
      fail(status, body);
      assertError(await ask(), NOT_CREATED, `${status} ${JSON.stringify(body)}`);
    }
    assertError(await ask({ ...creating(), LIVEKIT_URL: 'ws://127.0.0.1:1' }), NOT_CREATED);
    assertError(await ask({ ...creating(), LIVEKIT_URL: '' }), NOT_CONFIGURED);
    running.livekit.behaviours.set('CreateRoom', () => {});
    const start = performance.now();
    assertError(await ask(), LIVEKIT_SLOW);
    assert.ok(performance.now() - start >= 9_900);
    running.livekit.behaviours.clear();
    assertToken(await ask());
    assert.ok(!running.endpoint.log.some((line) => line.includes('eyJ')), 'a token is in the log');
  });

  test('the room is created on its own server', async () => {
    const two = { ...severalServers({ eu: running.livekit.url, us: other.url }), LIVEKIT_CREATE_ROOMS: 'true' };
    assertToken(await ask(two));
    assert.deepEqual([other.calls.length, running.livekit.calls.length], [1, 0]);
  });
});
