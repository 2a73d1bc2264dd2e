/** LIVEKIT_GRANTS: what participants may do, as one table for each policy, then rule by rule. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertError, assertToken, BANNED, FORBIDDEN } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';
import { logReader, type Settings } from '../support/log-reader.ts';
import { people } from '../support/people.ts';
import { notForClients, sourceClaims } from '../support/token-source.ts';
import { now } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const ROLE = { LIVEKIT_GRANTS: 'role', LIVEKIT_API_SECRET: 'a-LiveKit-secret-of-over-32-bytes' };
const OPEN = { LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const { insert, newUser, newMember, grantRole } = people(() => endpoint);
const { told } = logReader(() => endpoint);

const SOURCES = ['camera', 'microphone', 'screen_share', 'screen_share_audio'];
const GRANTS = {
  full: fullGrant,
  speaker: (room: string) => ({ ...fullGrant(room), canPublishSources: SOURCES }),
  moderator: (room: string) => ({ ...fullGrant(room), canPublishSources: SOURCES, roomAdmin: true }),
  listener: (room: string) => ({ ...fullGrant(room), canPublish: false, canPublishData: false }),
};
type Expected = keyof typeof GRANTS | 'forbidden' | 'banned';

const ask = (as: string, roomId: string, settings: Settings) => endpoint.token({ roomId }, { as, settings });

async function assertGrant(as: string, room: string, settings: Settings, expected: Expected, more: object = {}) {
  const answer = await ask(as, room, settings);
  const what = `${as} → ${room}`;
  if (expected === 'forbidden') assertError(answer, FORBIDDEN, what);
  else if (expected === 'banned') assertError(answer, BANNED, what);
  else assert.deepEqual(claimsOf(assertToken(answer, what).token).video, { ...GRANTS[expected](room), ...more }, what);
}

const CHANNELS = ['channel-abc123', 'channel-private-1', 'channel-text-1', 'channel-000'];
const FULL_TABLE: Record<string, Expected[]> = {
  'user-456': ['full', 'forbidden', 'full', 'forbidden'],
  'user-mod': ['full', 'full', 'full', 'forbidden'],
  'user-owner': ['full', 'full', 'full', 'forbidden'],
  'user-stranger': ['forbidden', 'forbidden', 'forbidden', 'forbidden'],
  'user-timeout': ['forbidden', 'forbidden', 'forbidden', 'forbidden'],
  'user-banned': ['banned', 'banned', 'banned', 'banned'],
};
const ROLE_TABLE: Record<string, Expected[]> = {
  'user-456': ['speaker', 'forbidden', 'speaker', 'forbidden'],
  'user-mod': ['moderator', 'moderator', 'moderator', 'forbidden'],
  'user-owner': ['moderator', 'moderator', 'moderator', 'forbidden'],
  'user-stranger': ['forbidden', 'forbidden', 'forbidden', 'forbidden'],
  'user-timeout': ['listener', 'forbidden', 'listener', 'forbidden'],
  'user-banned': ['banned', 'banned', 'banned', 'banned'],
};

for (const [name, value, table] of [
  ['unset', null, FULL_TABLE],
  ['blank', ' ', FULL_TABLE],
  ['full', 'full', FULL_TABLE],
  ['invalid', 'Role', FULL_TABLE],
  ['role', 'role', ROLE_TABLE],
  ['role with spaces', ' role ', ROLE_TABLE],
] as const) {
  test(`${name}: every demo user at every kind of channel`, async () => {
    const settings = { ...ROLE, LIVEKIT_GRANTS: value };
    for (const [user, row] of Object.entries(table)) {
      for (const [at, expected] of row.entries()) await assertGrant(user, CHANNELS[at] ?? '', settings, expected);
    }
  });
}

test('an unknown policy is a warning, once, with the name of the setting', async () => {
  for (const [value, lines] of [
    ['roles', ['warn: LIVEKIT_GRANTS is not full or role: full applies']],
    ['FULL', ['warn: LIVEKIT_GRANTS is not full or role: full applies']],
    ['full', []],
    ['role', []],
    [' ', []],
  ] as const) {
    const settings = { ...ROLE, LIVEKIT_GRANTS: value };
    const run = async () => {
      for (let count = 0; count < 2; count++) await endpoint.get('/connection-info', { settings });
    };
    assert.deepEqual(await told(settings, run), lines, value);
  }
});

describe('role', () => {
  test('row 73: roomAdmin requires MUTE_PARTICIPANT, and is for the room of the token only', async () => {
    await insert('Channel', { id: 'channel-other', communityId: 'community-2', name: 'x', type: 'VOICE' });
    for (const [actions, expected] of [
      [['JOIN_CHANNEL'], 'speaker'],
      [['JOIN_CHANNEL', 'MUTE_PARTICIPANT'], 'moderator'],
      [['JOIN_CHANNEL', 'KICK_USER', 'DELETE_CHANNEL', 'UPDATE_CHANNEL'], 'speaker'],
      [['MUTE_PARTICIPANT'], 'forbidden'],
    ] as const) {
      const user = await newUser();
      await grantRole(user, actions);
      await assertGrant(user, ROOM, ROLE, expected);
      await assertGrant(user, 'channel-other', ROLE, 'forbidden');
      await grantRole(user, ['JOIN_CHANNEL'], { communityId: 'community-2' });
      await assertGrant(user, 'channel-other', ROLE, 'speaker');
    }
  });

  test('all members of a group of direct messages get the same grants', async () => {
    for (const settings of [ROLE, {}]) {
      const answer = await endpoint.post('/dm-token', { roomId: 'dm-group-1' }, { settings });
      const expected = settings === ROLE ? GRANTS.speaker : GRANTS.full;
      assert.deepEqual(claimsOf(assertToken(answer).token).video, expected('dm-group-1'));
    }
  });

  test("LiveKit's own clients get the same grants", async () => {
    const asking = (as: string) => ({ as, settings: ROLE });
    for (const [as, expected] of [
      ['user-456', 'speaker'],
      ['user-mod', 'moderator'],
      ['user-timeout', 'listener'],
    ] as const) {
      const answer = await endpoint.post('/token-source', { room_name: ROOM }, asking(as));
      assert.deepEqual(sourceClaims(answer).video, GRANTS[expected](ROOM));
    }
  });

  test('row 73: a timed-out user, also a moderator, may only subscribe until the timeout ends', async () => {
    const user = await newMember();
    await grantRole(user, 'role-moderator');
    await assertGrant(user, ROOM, ROLE, 'moderator');
    for (const [seconds, full, role] of [
      [60, 'forbidden', 'listener'],
      [-1, 'full', 'moderator'],
    ] as const) {
      await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() + seconds });
      await assertGrant(user, ROOM, ROLE, role);
      await assertGrant(user, ROOM, {}, full);
    }
  });

  test('a timed-out user who may not join may not listen', async () => {
    const user = await newUser();
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() + 60 });
    await assertGrant(user, ROOM, ROLE, 'forbidden');
    await grantRole(user, 'role-member');
    await assertGrant(user, ROOM, ROLE, 'listener');
    await assertGrant(user, 'channel-private-1', ROLE, 'forbidden');
  });

  test('a ban from the community is 403 with each policy, also during a timeout', async () => {
    const user = await newMember();
    await insert('CommunityBan', { communityId: 'community-kraken', userId: user, active: 1 });
    for (const settings of [ROLE, {}]) await assertGrant(user, ROOM, settings, 'forbidden');
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() + 60 });
    for (const settings of [ROLE, {}]) await assertGrant(user, ROOM, settings, 'forbidden');
  });

  test('a timeout has no effect on an owner', async () => {
    const owner = await newUser({ role: 'OWNER' });
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: owner, expiresAt: now() + 60 });
    await assertGrant(owner, ROOM, ROLE, 'moderator');
    await assertGrant(owner, ROOM, {}, 'full');
  });
});

describe('LIVEKIT_CAN_UPDATE_OWN_METADATA', () => {
  test('adds its grant for participants who may publish', async () => {
    for (const [value, more] of [
      ['true', { canUpdateOwnMetadata: true }],
      ['1', { canUpdateOwnMetadata: true }],
      ['false', {}],
      ['on', {}],
      [null, {}],
    ] as const) {
      const settings = { LIVEKIT_CAN_UPDATE_OWN_METADATA: value };
      await assertGrant('user-456', ROOM, settings, 'full', more);
      await assertGrant('user-456', ROOM, { ...ROLE, ...settings }, 'speaker', more);
      await assertGrant('user-owner', ROOM, { ...ROLE, ...settings }, 'moderator', more);
      await assertGrant('user-timeout', ROOM, { ...ROLE, ...settings }, 'listener');
    }
  });

  test('participants who may only listen cannot set metadata through the token', async () => {
    const asking = { as: 'user-timeout', settings: { ...ROLE, ...OPEN } };
    for (const more of [{ participant_metadata: 'x' }, { participant_attributes: { a: 'b' } }]) {
      assertError(await endpoint.post('/token-source', { room_name: ROOM, ...more }, asking), FORBIDDEN);
      assert.equal(
        sourceClaims(await endpoint.post('/token-source', { room_name: ROOM, ...more }, { ...asking, as: 'user-456' }))
          .sub,
        'user-456',
      );
    }
    const settings = ROLE;
    const body = { room_name: ROOM, participant_metadata: 'x' };
    const refused = notForClients('participant_metadata');
    assertError(await endpoint.post('/token-source', body, { ...asking, settings }), refused);
  });

  test('participants who may only listen cannot choose their name or identity, which others see', async () => {
    const settings = { ...ROLE, ...OPEN };
    const chosen = { participant_name: 'LISTEN TO ME', participant_identity: 'listen-to-me' };
    const listener = await endpoint.post(
      '/token-source',
      { room_name: ROOM, ...chosen },
      { as: 'user-timeout', settings },
    );
    const { sub, name } = sourceClaims(listener);
    assert.deepEqual([sub, name], ['user-timeout', 'user-timeout']);
    const body = { roomId: ROOM, name: 'LISTEN TO ME', identity: 'listen-to-me' };
    const { identity, token } = assertToken(await endpoint.token(body, { as: 'user-timeout', settings }));
    assert.deepEqual([identity, claimsOf(token).name], ['user-timeout', 'user-timeout']);
    const speaker = sourceClaims(await endpoint.post('/token-source', { room_name: ROOM, ...chosen }, { settings }));
    assert.deepEqual([speaker.sub, speaker.name], ['listen-to-me', 'LISTEN TO ME']);
  });
});
