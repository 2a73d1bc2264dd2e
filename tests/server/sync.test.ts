/** POST /sync: only the operator may call it; which participants are synced. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  assertAnswer,
  assertError,
  badRequest,
  NOT_ALLOWED,
  NOT_CONFIGURED,
  NOT_FOUND,
  NOT_JSON,
  NOT_OBJECT,
  TOO_LARGE,
  TWICE,
  UNAUTHORIZED,
} from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { people } from '../support/people.ts';
import { FULL, LISTENER, type SyncedRooms, startSyncedRooms } from '../support/synced-rooms.ts';
import { result } from '../support/syncing.ts';
import { now, userToken } from '../support/user-token.ts';

const KEY = 'hunter2-the-operator-key-of-the-test';
const ROOM = 'channel-abc123';
const NO_ROOM = '{"statusCode":404,"message":"Room not found","error":"Not Found"}';
const BODY = { roomId: ROOM };

let endpoint: Endpoint;
let fake: SyncedRooms;
before(async () => {
  [endpoint, fake] = await Promise.all([
    startEndpoint({ entry: supportScript('settings-worker.ts') }),
    startSyncedRooms(),
  ]);
});
after(() => Promise.all([endpoint.stop(), fake.stop()]));
beforeEach(() => fake.reset());
const { insert, newUser, newMember } = people(() => endpoint);

/** Sends a request as the operator, unless told otherwise. */
function sync(body: unknown = BODY, { settings = {}, headers = {}, ...asking }: Asking = {}) {
  return endpoint.post('/sync', body, {
    as: null,
    settings: { OPERATOR_KEY: KEY, LIVEKIT_URL: fake.livekit.url, ...settings },
    headers: { Authorization: `Bearer ${KEY}`, ...headers },
    ...asking,
  });
}

const assertResult = async (body: unknown, counts: Parameters<typeof result>[0], asking?: Asking) =>
  assertAnswer(await sync(body, asking), 200, JSON.stringify(result(counts)));

describe('the operator', () => {
  test('is the caller with the key, on both prefixes', async () => {
    for (const base of ['/api/livekit', '/livekit']) await assertResult(BODY, { rooms: 1 }, { base });
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      await assertResult(BODY, { rooms: 1 }, { headers: { Authorization: `${scheme} ${KEY}` } });
    }
  });

  test('cannot call without a key in the settings, with a short one, or with one that is another key', async () => {
    for (const OPERATOR_KEY of [null, '', ' ', KEY.slice(0, 31), 'x'.repeat(31), 7, true, [KEY]]) {
      const headers = { Authorization: `Bearer ${OPERATOR_KEY}` };
      assertError(await sync(BODY, { settings: { OPERATOR_KEY }, headers }), NOT_FOUND, JSON.stringify(OPERATOR_KEY));
      assertError(await sync(BODY, { settings: { OPERATOR_KEY } }), NOT_FOUND, JSON.stringify(OPERATOR_KEY));
    }
    for (const name of ['JWT_SECRET', 'LIVEKIT_API_SECRET']) {
      assertError(await sync(BODY, { settings: { [name]: KEY } }), NOT_FOUND, name);
    }
    assert.deepEqual(fake.livekit.calls, []);
  });

  test('is not a caller with another key, and not a user', async () => {
    for (const Authorization of [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${KEY}`,
      `Bearer ${KEY.slice(1)}`,
      `Bearer ${KEY}x`,
      `Bearer ${KEY.toUpperCase()}`,
      `Bearer ${KEY},${KEY}`,
      `Bearer ${userToken('user-owner')}`,
      'Bearer secret',
      `Bearer ${'x'.repeat(5000)}`,
    ]) {
      assertError(await sync(BODY, { headers: { Authorization } }), UNAUTHORIZED, Authorization);
    }
    const cookie = { Authorization: '', Cookie: `access_token=${KEY}`, 'Content-Type': 'application/json' };
    assertError(await sync(BODY, { headers: cookie }), UNAUTHORIZED, 'in a cookie');
    assertError(await sync(BODY, { headers: { Authorization: '', 'X-Operator-Key': KEY } }), UNAUTHORIZED);
    assert.deepEqual(fake.livekit.calls, []);
  });

  test('is not a user of the other routes', async () => {
    const asking = { as: null, headers: { Authorization: `Bearer ${KEY}` }, settings: { OPERATOR_KEY: KEY } };
    for (const path of ['/token', '/dm-token', '/token-source', `/channels/${ROOM}/mute-participant`]) {
      assertError(
        await endpoint.post(path, { roomId: ROOM, participantIdentity: 'x', mute: true }, asking),
        UNAUTHORIZED,
      );
    }
    assertError(await endpoint.get('/health', asking), UNAUTHORIZED);
  });

  test('must use POST', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await endpoint.send(method, '/sync', { settings: { OPERATOR_KEY: KEY } });
      assertError(answer, NOT_ALLOWED, method);
      assert.equal(answer.headers.get('allow'), 'POST');
    }
  });

  test('gets the errors of an invalid body, and other callers do not', async () => {
    const either = 'exactly one of roomId and userId must be given';
    for (const [body, error] of [
      ['{', NOT_JSON],
      ['[]', NOT_OBJECT],
      ['{"roomId":"a","roomId":"b"}', TWICE],
      [`{"roomId":"${'x'.repeat(200_000)}"}`, TOO_LARGE],
      ['', badRequest([either])],
      [{}, badRequest([either])],
      [{ roomId: ROOM, userId: 'user-456' }, badRequest([either])],
      [{ roomId: 7 }, badRequest(['roomId must be a string'])],
      [{ roomId: '' }, badRequest(['roomId should not be empty'])],
      [{ userId: ['a'] }, badRequest(['userId must be a string'])],
      [{ userId: 'x'.repeat(257) }, badRequest(['userId must not be longer than 256 bytes'])],
      [{ userId: 'a\u0000' }, badRequest(['userId must not contain control characters'])],
    ] as const) {
      assertError(await sync(body), error);
      assertError(await sync(body, { headers: { Authorization: 'Bearer x' } }), UNAUTHORIZED);
    }
    assert.deepEqual(fake.livekit.calls, []);
  });

  test('finds no key in the log', async () => {
    await sync(BODY, { settings: { LOG_LEVEL: 'debug' } });
    await sync(BODY, { settings: { LOG_LEVEL: 'debug', OPERATOR_KEY: `${KEY}-another` } });
    await sync(BODY, { settings: { LOG_LEVEL: 'debug', JWT_SECRET: KEY } });
    await endpoint.logged('Request refused');
    assert.doesNotMatch(endpoint.log.join('\n'), /hunter2|eyJ/);
  });
});

describe('a room', () => {
  test('that is neither a channel nor a group is 404, and its participants are not changed', async () => {
    for (const room of ['channel-unknown', 'CHANNEL-ABC123', "' OR 1=1 --", 'x'.repeat(256)]) {
      fake.join(room, 'user-banned');
      assertError(await sync({ roomId: room }), NO_ROOM);
    }
    assert.deepEqual(fake.livekit.calls, []);
  });

  test('row 70: follows roles, bans, timeouts, memberships and overwrites, each call by the current rows', async () => {
    const settings = { LIVEKIT_GRANTS: 'role' };
    const [member, banned] = [await newMember(), await newMember()];
    const MEMBER = { ...FULL, can_publish_sources: ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO'] };
    for (const identity of [member, banned, await newUser()]) fake.join(ROOM, identity, MEMBER);
    await insert('CommunityBan', { communityId: 'community-kraken', userId: banned, active: 1 });
    await assertResult(BODY, { rooms: 1, checked: 3, removed: 2 }, { settings });
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: member, expiresAt: now() + 600 });
    await assertResult(BODY, { rooms: 1, checked: 1, updated: 1 }, { settings });
    assert.deepEqual(fake.permission(ROOM, member), LISTENER);
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: member, expiresAt: now() - 1 });
    const overwrite = { channelId: ROOM, targetType: 'MEMBER', userId: member, allow: '[]', deny: '["SPEAK"]' };
    await insert('ChannelPermissionOverwrite', { id: 'overwrite-of-sync', ...overwrite });
    await assertResult(BODY, { rooms: 1, checked: 1, updated: 1 }, { settings });
    const sources = ['CAMERA', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO'];
    assert.deepEqual(fake.permission(ROOM, member), { ...MEMBER, can_publish_sources: sources });
    await endpoint.database.delete('ChannelPermissionOverwrite');
    await assertResult(BODY, { rooms: 1, checked: 1, updated: 1 }, { settings });
    assert.deepEqual(fake.permission(ROOM, member), MEMBER);
    await assertResult(BODY, { rooms: 1, checked: 1 }, { settings });
    await endpoint.logged('Removed a participant');
    await endpoint.logged('Updated the permissions of a participant');
  });

  test('of a group of direct messages is for its members only', async () => {
    for (const identity of ['user-456', 'user-mod']) fake.join('dm-group-1', identity);
    await assertResult({ roomId: 'dm-group-1' }, { rooms: 1, checked: 2, removed: 1 });
  });

  test('that LiveKit does not list counts as failed, and the response is not complete', async () => {
    fake.join(ROOM, 'user-stranger');
    fake.livekit.behaviours.set('ListParticipants', (response) => response.destroy());
    await assertResult(BODY, { failed: 1, isComplete: false });
    assert.notEqual(fake.permission(ROOM, 'user-stranger'), undefined);
    const [line] = await endpoint.logged('Sync of a room failed');
    assert.deepEqual([line?.['roomId'], line?.['reason']], [ROOM, 'livekit_unreachable']);
  });

  test('needs a URL and keys of LiveKit', async () => {
    for (const name of ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) {
      assertError(await sync(BODY, { settings: { [name]: null } }), NOT_CONFIGURED, name);
    }
  });

  test('is listed once for several concurrent requests, and changed once', async () => {
    fake.join(ROOM, 'user-456', LISTENER);
    const answers = await Promise.all(Array.from({ length: 50 }, () => sync()));
    for (const { status } of answers) assert.equal(status, 200);
    // Requests may arrive one after another: they must share runs, and one of them must have changed a participant.
    assert.ok(fake.calls('ListParticipants').length < answers.length);
    assert.equal(fake.calls('UpdateParticipant').length, 1);
  });
});

test('concurrent requests with other settings share nothing, because their room may be another one', async () => {
  fake.join(ROOM, 'user-stranger');
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      sync(BODY, { settings: at % 2 === 0 ? {} : { LIVEKIT_URL: 'ws://127.0.0.1:1' } }),
    ),
  );
  for (const [at, { text }] of answers.entries()) {
    assert.equal(JSON.parse(text).isComplete, at % 2 === 0, `${at} ${text}`);
  }
});

describe('a user', () => {
  const present = (room: string, identity: string) =>
    insert('VoicePresence', {
      roomSid: `RM_sync_${room}`,
      participantSid: `PA_sync_${identity}`,
      room,
      identity,
      name: '',
      isPresent: 1,
      joinedAt: now(),
      changedAt: now(),
    });

  test('is synced in every room, with every identity that the user got a token for', async () => {
    const user = await newMember();
    assert.equal(
      (await endpoint.token({ roomId: 'channel-meeting-456', identity: 'sync guest' }, { as: user })).status,
      201,
    );
    for (const [room, identity] of [
      [ROOM, user],
      ['channel-voice-123', user],
      ['channel-meeting-456', 'sync guest'],
    ] as const) {
      await present(room, identity);
      fake.join(room, identity, LISTENER);
      fake.join(room, 'user-stranger');
    }
    await assertResult({ userId: user }, { rooms: 3, checked: 3, updated: 3 });
    await endpoint.database.update('User', { banned: 1 }, { id: user });
    await assertResult({ userId: user }, { rooms: 3, checked: 3, removed: 3 });
    for (const people of fake.rooms.values()) assert.deepEqual([...people.keys()], ['user-stranger']);
  });

  test('who is in no room, or unknown, is complete', async () => {
    for (const userId of ['user-unknown', await newUser(), "' OR 1=1 --"]) await assertResult({ userId }, {});
  });
});
