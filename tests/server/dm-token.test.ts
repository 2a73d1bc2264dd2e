/** POST /dm-token: a call in a group of direct messages. Membership alone decides. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertError,
  assertToken,
  BANNED,
  badRequest,
  FORBIDDEN,
  NO_ROOM,
  NOT_CONFIGURED,
  NOT_JSON,
  NOT_OBJECT,
  REVOKED,
  TOO_COMPLEX,
  TWICE,
  UNAUTHORIZED,
  UNSUPPORTED,
} from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { claimsOf, fullGrant, isSignedWith } from '../support/livekit-token.ts';
import { people } from '../support/people.ts';
import { now, userToken } from '../support/user-token.ts';

const GROUP = 'dm-group-1';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const { insert, newUser } = people(() => endpoint);

const dm = (body: unknown, asking?: Asking) => endpoint.post('/dm-token', body, asking);

test('a member gets the same response as from /token, on both prefixes', async () => {
  for (const base of ['/api/livekit', '/livekit']) {
    const before = now();
    const answer = await dm({ roomId: GROUP }, { base });
    const { token, expiresAt } = assertToken(answer);
    const { iss, sub, name, video, exp, nbf } = claimsOf(token);
    assert.deepEqual(
      { iss, sub, name, video },
      { iss: 'devkey', sub: 'user-456', name: 'user-456', video: fullGrant(GROUP) },
    );
    assert.ok(isSignedWith(token, 'secret'));
    assert.ok(nbf >= before && nbf <= now());
    assert.equal(exp - nbf, 3600);
    const expected = { token, identity: 'user-456', roomId: GROUP, url: 'ws://127.0.0.1:7880', expiresAt };
    assert.equal(answer.text, JSON.stringify(expected));
    assert.equal(expiresAt, new Date(exp * 1000).toISOString());
  }
});

test('identity, name and ttl work as for /token', async () => {
  const body = { roomId: GROUP, identity: 'bob-phone', name: 'Bob 雪', ttl: 7200 };
  const { token, identity } = assertToken(await dm(body, { as: 'user-789' }));
  const { sub, name, exp, nbf } = claimsOf(token);
  assert.deepEqual([identity, sub, name, exp - nbf], ['bob-phone', 'bob-phone', 'Bob 雪', 7200]);
  const settings = { LIVEKIT_IDENTITY_POLICY: 'own' };
  assert.equal(claimsOf(assertToken(await dm(body, { settings })).token).sub, 'user-456');
  for (const other of ['user-789', 'user-owner', 'user-stranger']) {
    assertError(await dm({ roomId: GROUP, identity: other }), FORBIDDEN);
  }
});

test('only members of the group get a token; owners and moderators who are not members do not', async () => {
  for (const as of ['user-owner', 'user-mod', 'user-stranger', 'user-timeout']) {
    assertError(await dm({ roomId: GROUP }, { as }), FORBIDDEN, as);
  }
  for (const roomId of ['dm-group-2', 'DM-GROUP-1', 'dm-gröup-1', 'dm-group-%', '*', "' OR 1=1 --", 'user-456']) {
    for (const as of ['user-456', 'user-owner']) assertError(await dm({ roomId }, { as }), FORBIDDEN, roomId);
  }
});

test('the id of a group is refused as a channel, and the id of a channel as a group', async () => {
  assertError(await endpoint.token({ roomId: GROUP }), FORBIDDEN);
  assertError(await endpoint.post('/token-source', { room_name: GROUP }), FORBIDDEN);
  for (const roomId of ['channel-abc123', 'channel-private-1']) {
    for (const as of ['user-456', 'user-mod', 'user-owner']) assertError(await dm({ roomId }, { as }), FORBIDDEN);
  }
});

test('membership is checked on every request', async () => {
  const user = await newUser();
  assertError(await dm({ roomId: GROUP }, { as: user }), FORBIDDEN);
  await insert('DirectMessageGroupMember', { groupId: GROUP, userId: user });
  assertToken(await dm({ roomId: GROUP }, { as: user }));
  assertError(await dm({ roomId: 'dm-group-other' }, { as: user }), FORBIDDEN);
  await endpoint.database.delete('DirectMessageGroupMember', { userId: user });
  assertError(await dm({ roomId: GROUP }, { as: user }), FORBIDDEN);
});

test('a ban or timeout of a community has no effect on a group', async () => {
  const user = await newUser();
  await insert('DirectMessageGroupMember', { groupId: GROUP, userId: user });
  await insert('CommunityBan', { communityId: 'community-kraken', userId: user, active: 1 });
  await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() + 60 });
  assertToken(await dm({ roomId: GROUP }, { as: user }));
});

test('unknown, banned and revoked users are 401', async () => {
  for (const as of [null, 'user-000']) assertError(await dm({ roomId: GROUP }, { as }), UNAUTHORIZED);
  await insert('DirectMessageGroupMember', { groupId: GROUP, userId: 'user-banned' });
  assertError(await dm({ roomId: GROUP }, { as: 'user-banned' }), BANNED);
  await insert('RevokedToken', { jti: 'dm-revoked', expiresAt: now() + 3600 });
  const headers = { Authorization: `Bearer ${userToken('user-456', { jti: 'dm-revoked' })}` };
  assertError(await dm({ roomId: GROUP }, { as: null, headers }), REVOKED);
  for (const body of [{}, { roomId: 7 }]) assertError(await dm(body, { as: 'user-000' }), UNAUTHORIZED);
});

test('an invalid id is 400 as for /token, and never reaches the database', async () => {
  const notText = badRequest(['roomId must be a string']);
  for (const roomId of [{}, { not: 'x' }, { equals: GROUP }, [GROUP], 1, true]) {
    for (const as of ['user-456', 'user-owner']) assertError(await dm({ roomId }, { as }), notText);
  }
  for (const body of [{}, { roomId: null }, '']) assertError(await dm(body), NO_ROOM);
  assertError(await dm({ roomId: '\u0000' }), badRequest(['roomId must not contain control characters']));
  assertError(await dm({ roomId: ' ' }), badRequest(['roomId should not be empty']));
  assertError(await dm({ roomId: 'x'.repeat(257) }), badRequest(['roomId must not be longer than 256 bytes']));
});

test('the message lists every invalid field, in the order of /token', async () => {
  const rules = [
    'identity must be a string',
    'roomId must be a string',
    'name must be a string',
    'ttl must not be less than 1',
    'ttl must be a number conforming to the specified constraints',
  ];
  assertError(await dm({ ttl: '60', name: 1, roomId: [], identity: {} }), badRequest(rules));
  assertError(await dm({ roomId: GROUP, ttl: 86_401 }), badRequest(['ttl must not be greater than 86400']));
  for (const [body, error] of [
    ['{', NOT_JSON],
    ['[]', NOT_OBJECT],
    ['{"roomId":"dm-group-1","roomId":"dm-group-2"}', TWICE],
    [`{"roomId":"dm-group-1","x":${'['.repeat(32)}${']'.repeat(32)}}`, TOO_COMPLEX],
    [`{"roomId":${'['.repeat(31)}${']'.repeat(31)}}`, badRequest(['roomId must be a string'])],
  ] as const) {
    assertError(await dm(body), error, body);
  }
});

test('a cookie is accepted only with application/json', async () => {
  const Cookie = `access_token=${userToken('user-456')}`;
  const body = { roomId: GROUP };
  assertToken(await dm(body, { as: null, headers: { Cookie, 'Content-Type': 'application/json' } }));
  assertError(await dm(body, { as: null, headers: { Cookie, 'Content-Type': 'text/plain' } }), UNSUPPORTED);
});

test('without LiveKit credentials a member gets 500; other callers do not learn it', async () => {
  const settings = { LIVEKIT_API_SECRET: null };
  assertError(await dm({ roomId: GROUP }, { settings }), NOT_CONFIGURED);
  assertError(await dm({ roomId: GROUP }, { settings, as: 'user-owner' }), FORBIDDEN);
});

test('a group with the id of a channel is refused, because they would share a room', async () => {
  const id = 'channel-shared';
  await insert('DirectMessageGroupMember', { groupId: id, userId: 'user-456' });
  assertToken(await dm({ roomId: id }));
  await insert('Channel', { id, communityId: 'community-kraken', name: id, isPrivate: 1 });
  assertError(await dm({ roomId: id }), FORBIDDEN);
  assertError(await dm({ roomId: id }, { as: 'user-owner' }), FORBIDDEN);
  await endpoint.database.delete('Channel', { id });
  assertToken(await dm({ roomId: id }));
});
