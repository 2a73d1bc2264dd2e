/** The HTTP contract on both prefixes, with the demo data and the exact examples of the specification. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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
  UNAUTHORIZED,
} from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';
import { sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';

const URL_OF_LIVEKIT = 'ws://127.0.0.1:7880';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());

for (const base of ['/api/livekit', '/livekit']) {
  const token = (body: unknown, asking: Asking = {}) => endpoint.token(body, { base, ...asking });
  const get = (path: string, asking: Asking = {}) => endpoint.get(path, { base, ...asking });

  /** The whole response. The token and its expiry are arguments, because only the claims contain them. */
  async function assertGranted(body: unknown, asking: Asking, expected: { room: string; identity: string }) {
    const answer = await token(body, asking);
    const { token: minted } = assertToken(answer);
    const { exp, sub, video, name } = claimsOf(minted);
    const text = JSON.stringify({
      token: minted,
      identity: expected.identity,
      roomId: expected.room,
      url: URL_OF_LIVEKIT,
      expiresAt: new Date(exp * 1000).toISOString(),
    });
    assertAnswer(answer, 201, text);
    assert.deepEqual(video, fullGrant(expected.room));
    assert.equal(sub, expected.identity);
    return { name, life: exp - Date.now() / 1000 };
  }

  describe(`rows 1-4: at ${base}`, () => {
    test('rows 2, 10, 32-36, 61: the flow "Room Access Flow": Alice joins channel-abc123', async () => {
      const body = '{\n  "roomId": "channel-abc123",\n  "identity": "user-456",\n  "name": "Alice"\n}';
      const { name } = await assertGranted(body, {}, { room: 'channel-abc123', identity: 'user-456' });
      assert.equal(name, 'Alice');
    });

    test('rows 16, 60: pattern 1: Alice joins channel-voice-123 with her own id', async () => {
      const body = { roomId: 'channel-voice-123', name: 'Alice' };
      const { name, life } = await assertGranted(body, {}, { room: 'channel-voice-123', identity: 'user-456' });
      assert.equal(name, 'Alice');
      assert.ok(Math.abs(life - 3600) < 5, `${life}`);
    });

    test('rows 15, 18: pattern 4: Bob gets a token for two hours', async () => {
      const body = { roomId: 'channel-meeting-456', ttl: 7200, name: 'Bob' };
      const expected = { room: 'channel-meeting-456', identity: 'user-789' };
      const { life } = await assertGranted(body, { as: 'user-789' }, expected);
      assert.ok(Math.abs(life - 7200) < 5, `${life}`);
    });

    test('rows 14, 16, 20, 62: the minimal request of the SDK example works as text and without a content type', async () => {
      const body = JSON.stringify({ roomId: 'channel-abc123' });
      const { name } = await assertGranted(body, {}, { room: 'channel-abc123', identity: 'user-456' });
      assert.equal(name, 'user-456');

      const headers = [`Authorization: Bearer ${userToken('user-456')}`, `Content-Length: ${body.length}`];
      const answer = await sendRaw(endpoint.url, `POST ${base}/token`, headers, body);
      assert.equal(assertToken(answer).roomId, 'channel-abc123');
    });

    test('rows 3, 37, 64: connection-info returns only the URL', async () => {
      for (const as of ['user-456', 'user-stranger', 'user-owner', 'user-timeout']) {
        assertAnswer(await get('/connection-info', { as }), 200, `{"url":"${URL_OF_LIVEKIT}"}`, as);
      }
    });

    test('rows 4, 38, 63: health returns status and configured', async () => {
      for (const as of ['user-456', 'user-stranger', 'user-owner', 'user-timeout']) {
        assertAnswer(await get('/health', { as }), 200, '{"status":"healthy","configured":true}', as);
      }
    });

    test('rows 7, 8: without a user token every route is 401', async () => {
      assertError(await token({ roomId: 'channel-abc123' }, { as: null }), UNAUTHORIZED);
      assertError(await get('/connection-info', { as: null }), UNAUTHORIZED);
      assertError(await get('/health', { as: null }), UNAUTHORIZED);
    });

    test('rows 9, 67: without JOIN_CHANNEL a token is 403', async () => {
      assertError(await token({ roomId: 'channel-abc123' }, { as: 'user-stranger' }), FORBIDDEN);
    });

    test('404 and 405 come before authentication', async () => {
      for (const as of ['user-456', null]) {
        assertError(await get('', { as }), NOT_FOUND);
        assertError(await get('/tokens', { as }), NOT_FOUND);
        assertError(await get('/token/', { as }), NOT_FOUND);
        const wrong = await get('/token', { as });
        assertError(wrong, NOT_ALLOWED);
        assert.equal(wrong.headers.get('allow'), 'POST');
        for (const path of ['/health', '/connection-info']) {
          const answer = await endpoint.send('POST', path, { base, as });
          assertError(answer, NOT_ALLOWED);
          assert.equal(answer.headers.get('allow'), 'GET, HEAD');
        }
      }
    });

    test('row 59: tokens cannot be updated: other methods are 405', async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        assertError(await endpoint.send(method, '/token', { base }), NOT_ALLOWED);
        assertError(await endpoint.send(method, '/token/1', { base }), NOT_FOUND);
      }
    });
  });
}

test('row 5: authentication comes before authorization, and both before the validation of fields', async () => {
  for (const body of [{ roomId: 'channel-private-1' }, {}, { roomId: 7 }]) {
    assertError(await endpoint.token(body, { as: null }), UNAUTHORIZED);
  }
  assertError(await endpoint.token('{"roomId":', { as: null }), NOT_JSON);
  assertError(await endpoint.token({ roomId: 'channel-private-1' }), FORBIDDEN);
  assertError(
    await endpoint.token({ roomId: 'channel-private-1', ttl: 0 }),
    badRequest(['ttl must not be less than 1']),
  );
});

test('rows 6, 11: the channel is the roomId of the body, not another part of the request', async () => {
  const elsewhere = { Room: 'channel-abc123', 'X-Room-Id': 'channel-abc123' };
  const query = await endpoint.send('POST', '/token?roomId=channel-abc123', { headers: elsewhere });
  assertError(query, NO_ROOM);
  const other = { channelId: 'channel-abc123', room: 'channel-abc123', RoomId: 'channel-abc123', roomid: 'x' };
  assertError(await endpoint.token(other), NO_ROOM);
  assertError(await endpoint.token({ ...other, roomId: 'channel-private-1' }), FORBIDDEN);
});

test('rows 12-15, 19: the message lists every invalid field, in the order of the fields', async () => {
  const text = (field: string) => `${field} must be a string`;
  const number = 'ttl must be a number conforming to the specified constraints';
  const least = 'ttl must not be less than 1';
  const room = 'channel-abc123';
  for (const [body, messages] of [
    [{}, ['roomId should not be empty', text('roomId')]],
    [{ roomId: null }, ['roomId should not be empty', text('roomId')]],
    [{ roomId: '' }, ['roomId should not be empty']],
    [{ roomId: ' ' }, ['roomId should not be empty']],
    [{ roomId: 1 }, [text('roomId')]],
    [{ roomId: room, identity: '' }, ['identity should not be empty']],
    [{ roomId: room, identity: 1 }, [text('identity')]],
    [{ roomId: room, name: 1 }, [text('name')]],
    [{ roomId: room, ttl: '60' }, [least, number]],
    [{ roomId: room, ttl: 0 }, [least]],
    [{ roomId: room, ttl: 86_401 }, ['ttl must not be greater than 86400']],
    [{ ttl: [], name: [], roomId: [], identity: [] }, [text('identity'), text('roomId'), text('name'), least, number]],
    [
      { identity: '\t', roomId: 'é'.repeat(129), name: '\u0000', ttl: 1e300 },
      [
        'identity should not be empty',
        'roomId must not be longer than 256 bytes',
        'name must not contain control characters',
        'ttl must not be greater than 86400',
      ],
    ],
  ] as const) {
    assertError(await endpoint.token(body), badRequest(messages), JSON.stringify(body));
  }
});

test('rows 13, 14, 16, 17: an absent or null field gets its default; other values are used', async () => {
  for (const [body, identity, name] of [
    [{ identity: null, name: null, ttl: null }, 'user-456', 'user-456'],
    [{ name: '' }, 'user-456', 'user-456'],
    [{ name: '  ' }, 'user-456', 'user-456'],
    [{ identity: 'custom-identity' }, 'custom-identity', 'custom-identity'],
    [{ identity: 'custom-identity', name: ' Alice  ' }, 'custom-identity', ' Alice  '],
    [{ identity: '雪  <b>"\\' }, '雪  <b>"\\', '雪  <b>"\\'],
  ] as const) {
    const answer = assertToken(await endpoint.token({ roomId: 'channel-abc123', ...body }), JSON.stringify(body));
    const claims = claimsOf(answer.token);
    assert.deepEqual([answer.identity, claims.sub, claims.name], [identity, identity, name]);
  }
});

test('a page of another origin may not send requests or read responses', async () => {
  const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
  assertError(await endpoint.send('OPTIONS', '/token', { headers, as: null }), NOT_ALLOWED);
  const answer = await endpoint.token({ roomId: 'channel-abc123' }, { headers });
  assertToken(answer);
  assert.equal(answer.headers.get('access-control-allow-origin'), null);
});
