/** Permission to join: the demo's users and channels as one table, then each rule with its own rows. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { demoData } from '../../scripts/demo-data.mjs';
import { assertError, assertToken, BANNED, badRequest, FORBIDDEN, NO_ROOM, UNAUTHORIZED } from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { claimsOf } from '../support/livekit-token.ts';
import { people } from '../support/people.ts';
import { platform } from '../support/platform.ts';
import { now } from '../support/user-token.ts';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());
const { insert, newUser, grantRole, newMember } = people(() => endpoint);

async function assertStatus(as: string, roomId: string, status: number, body: Record<string, unknown> = {}) {
  const answer = await endpoint.token({ roomId, ...body }, { as });
  const what = `${as} → ${roomId}`;
  if (status === 201) assert.equal(claimsOf(assertToken(answer, what).token).video.room, roomId, what);
  else if (status === 403) assertError(answer, FORBIDDEN, what);
  else assertError(answer, as === 'user-banned' ? BANNED : UNAUTHORIZED, what);
}

const CHANNELS = [
  'channel-abc123',
  'channel-voice-123',
  'channel-meeting-456',
  'channel-private-1',
  'channel-text-1',
  'channel-000',
];
const TABLE = {
  'user-456': [201, 201, 201, 403, 201, 403],
  'user-789': [201, 201, 201, 403, 201, 403],
  'user-mod': [201, 201, 201, 201, 201, 403],
  'user-owner': [201, 201, 201, 201, 201, 403],
  'user-stranger': [403, 403, 403, 403, 403, 403],
  'user-banned': [401, 401, 401, 401, 401, 401],
  'user-timeout': [403, 403, 403, 403, 403, 403],
  'user-000': [401, 401, 401, 401, 401, 401],
};

describe('rows 2, 9, 11; W8: every demo user in every demo channel, and in one that does not exist', () => {
  test('the table has all users and channels', () => {
    const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
    assert.deepEqual(Object.keys(TABLE), [...ids(demoData.users), 'user-000']);
    assert.deepEqual(CHANNELS, [...ids(demoData.channels), 'channel-000']);
  });
  for (const [user, statuses] of Object.entries(TABLE)) {
    test(user, async () => {
      for (const [at, status] of statuses.entries()) await assertStatus(user, CHANNELS[at] ?? '', status);
    });
  }
});

test('row 10: the id of a channel must match exactly', async () => {
  for (const like of ['CHANNEL-ABC123', 'channel-abc12', 'channel-abc1234']) {
    await assertStatus('user-456', like, 403);
    await assertStatus('user-owner', like, 403);
  }
  for (const like of ['General Voice', 'channel-%', 'channel-abc12_', "channel-abc123' --", '*', 'ｃhannel-abc123']) {
    await assertStatus('user-456', like, 403);
    await assertStatus('user-owner', like, 403);
  }
});

test('row 10: any string may be the id of a channel', async () => {
  for (const id of ['550e8400-e29b-41d4-a716-446655440000', '"雪\\  "', 'x'.repeat(256), '\'; DROP TABLE "User"; --']) {
    await insert('Channel', { id, communityId: 'community-kraken', name: id, type: 'VOICE' });
    await assertStatus('user-456', id, 201);
    await assertStatus('user-stranger', id, 403);
  }
});

test('W8: another kind of id is not a channel, not even for an owner', async () => {
  for (const id of ['dm-group-1', 'community-kraken', 'role-member', 'user-owner', 'user-456']) {
    await assertStatus('user-456', id, 403);
    await assertStatus('user-owner', id, 403);
  }
});

test('W6, W7: without a channel no instance-wide role is checked: 400, for an owner too', async () => {
  await insert('Role', { id: 'role-creator', name: 'Community Creator', actions: '["JOIN_CHANNEL"]' });
  const user = await newUser();
  await insert('UserRoles', { id: 'ur-creator', userId: user, roleId: 'role-creator', isInstanceRole: 1 });
  const notText = badRequest(['roomId must be a string']);
  for (const as of [user, 'user-456', 'user-owner', 'user-stranger']) {
    assertError(await endpoint.token({}, { as }), NO_ROOM);
    assertError(await endpoint.token({ roomId: null }, { as }), NO_ROOM);
    for (const roomId of [{}, { not: 'x' }, ['channel-abc123'], 1, true]) {
      assertError(await endpoint.token({ roomId }, { as }), notText);
    }
  }
});

/** Actions that Kraken's enum in PostgreSQL does not have. */
const UNKNOWN_ACTIONS = [
  [['READ_CHANNEL', 'JOIN_CHANNEL', 'SOMETHING_NEW'], 201],
  [['join_channel'], 403],
  [[' JOIN_CHANNEL'], 403],
  [['JOIN_CHANNELS', 'JOIN', 'CHANNEL'], 403],
] as const;

test('row 9: the action decides, not the name of the role', async () => {
  for (const [actions, status] of [
    [['JOIN_CHANNEL'], 201],
    [['READ_CHANNEL', 'JOIN_CHANNEL'], 201],
    ['role-member', 201],
    ['role-moderator', 201],
    ['role-community-admin', 201],
    [[], 403],
    [['READ_CHANNEL', 'CREATE_CHANNEL'], 403],
    ['role-that-was-deleted', 403],
    ...(platform === 'node-postgres' ? [] : UNKNOWN_ACTIONS),
  ] as const) {
    const user = await newUser();
    await grantRole(user, actions);
    await assertStatus(user, 'channel-abc123', status);
  }
});

test('several roles allow what one of them allows', async () => {
  const user = await newUser();
  await grantRole(user, ['READ_CHANNEL']);
  await grantRole(user, ['READ_MESSAGE']);
  await assertStatus(user, 'channel-abc123', 403);
  await grantRole(user, ['JOIN_CHANNEL']);
  await assertStatus(user, 'channel-abc123', 201);
});

test("row 11: a role counts in its own community only, and an instance's role in none", async () => {
  await insert('Channel', { id: 'channel-elsewhere', communityId: 'community-2', name: 'x', type: 'VOICE' });
  const user = await newUser();
  await grantRole(user, 'role-community-admin', { communityId: 'community-2' });
  await assertStatus(user, 'channel-elsewhere', 201);
  await assertStatus(user, 'channel-abc123', 403);
  await grantRole(user, 'role-community-admin', { isInstanceRole: 1 });
  await assertStatus(user, 'channel-abc123', 403);
  await insert('UserRoles', {
    id: 'ur-null',
    userId: user,
    communityId: null,
    roleId: 'role-member',
    isInstanceRole: 0,
  });
  await assertStatus(user, 'channel-abc123', 403);
});

test('a private channel requires membership and a role', async () => {
  const outsider = await newUser();
  const member = await newMember();
  await insert('ChannelMembership', { userId: outsider, channelId: 'channel-private-1' });
  await insert('ChannelMembership', { userId: member, channelId: 'channel-abc123' });
  await assertStatus(outsider, 'channel-private-1', 403);
  await assertStatus(member, 'channel-private-1', 403);
  await insert('ChannelMembership', { userId: member, channelId: 'channel-private-1' });
  await assertStatus(member, 'channel-private-1', 201);
  await endpoint.database.delete('ChannelMembership', { userId: member });
  await assertStatus(member, 'channel-private-1', 403);
});

test('W5: a ban from the community counts until it ends or is lifted', async () => {
  const user = await newMember();
  await insert('CommunityBan', { communityId: 'community-2', userId: user, active: 1 });
  await assertStatus(user, 'channel-abc123', 201);
  for (const [active, expiresAt, status] of [
    [1, null, 403],
    [1, now() + 60, 403],
    [1, now() - 1, 201],
    [0, null, 201],
    [0, now() + 60, 201],
  ] as const) {
    await insert('CommunityBan', { communityId: 'community-kraken', userId: user, active, expiresAt });
    await assertStatus(user, 'channel-abc123', status);
  }
});

test('W5: a timeout counts until it ends', async () => {
  const user = await newMember();
  await insert('CommunityTimeout', { communityId: 'community-2', userId: user, expiresAt: now() + 60 });
  await assertStatus(user, 'channel-abc123', 201);
  for (const [expiresAt, status] of [
    [now() + 60, 403],
    [now() - 1, 201],
  ] as const) {
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt });
    await assertStatus(user, 'channel-abc123', status);
  }
});

test('an owner of the instance is not affected by bans and timeouts of a community, but by a ban of the instance', async () => {
  const owner = await newUser({ role: 'OWNER' });
  await insert('CommunityBan', { communityId: 'community-kraken', userId: owner, active: 1 });
  await insert('CommunityTimeout', { communityId: 'community-kraken', userId: owner, expiresAt: now() + 60 });
  await assertStatus(owner, 'channel-private-1', 201);
  await endpoint.database.update('User', { banned: 1 }, { id: owner });
  assertError(await endpoint.token({ roomId: 'channel-abc123' }, { as: owner }), BANNED);
  await endpoint.database.update('User', { banned: 0, role: 'USER' }, { id: owner });
  await assertStatus(owner, 'channel-abc123', 403);
});

test('W4, W19: nothing is cached: a removed permission is gone at the next request', async () => {
  const user = await newMember();
  await assertStatus(user, 'channel-abc123', 201);
  await endpoint.database.delete('UserRoles', { userId: user });
  await assertStatus(user, 'channel-abc123', 403);
  await grantRole(user, 'role-member');
  await assertStatus(user, 'channel-abc123', 201);
  await endpoint.database.delete('User', { id: user });
  await assertStatus(user, 'channel-abc123', 401);
});

test('W1: no caller, not even an owner, may join with the id of another user', async () => {
  for (const as of ['user-456', 'user-mod', 'user-owner']) {
    for (const identity of ['user-789', 'user-banned', 'user-stranger']) {
      await assertStatus(as, 'channel-abc123', 403, { identity });
    }
  }
  await assertStatus('user-456', 'channel-abc123', 201, { identity: 'alice-second-device' });
  await insert('User', { id: 'alice-second-device', username: 'new here' });
  await assertStatus('user-456', 'channel-abc123', 403, { identity: 'alice-second-device' });
});

test("rows 16, 17: the caller's own id, requested or not, and any free identity are accepted", async () => {
  for (const [asked, expected] of [
    [undefined, 'user-456'],
    ['user-456', 'user-456'],
    ['custom-identity', 'custom-identity'],
    ['alice', 'alice'],
    ['x'.repeat(256), 'x'.repeat(256)],
  ] as const) {
    const { token, identity } = assertToken(await endpoint.token({ roomId: 'channel-abc123', identity: asked }));
    assert.deepEqual([identity, claimsOf(token).sub], [expected, expected]);
  }
});

test('rows 3, 4: the other routes need no role', async () => {
  const user = await newUser();
  await insert('CommunityBan', { communityId: 'community-kraken', userId: user, active: 1 });
  const asking: Asking = { as: user };
  assert.equal((await endpoint.get('/health', asking)).status, 200);
  assert.equal((await endpoint.get('/connection-info', asking)).status, 200);
});
