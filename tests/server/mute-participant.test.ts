/** POST /channels/:channelId/mute-participant: permissions and validation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MICROPHONE } from '../server-parts/fake-livekit.ts';
import {
  assertAnswer,
  assertError,
  BANNED,
  badRequest,
  FORBIDDEN,
  NOT_JSON,
  NOT_OBJECT,
  TWICE,
  UNAUTHORIZED,
  UNSUPPORTED,
} from '../support/answers.ts';
import { MUTE, type Muting, muting, MUTED_ROOM as ROOM, SUCCESS, withFakeLivekit } from '../support/muting.ts';
import { people } from '../support/people.ts';
import { now, userToken } from '../support/user-token.ts';

const running = withFakeLivekit();
const mute = muting(
  () => running.endpoint,
  () => running.livekit,
);
const { insert, newUser, newMember, grantRole } = people(() => running.endpoint);

async function assertMuted(asking: Muting, what?: string) {
  assertAnswer(await mute(MUTE, asking), 201, SUCCESS, what);
  const rooms = running.livekit.calls.splice(0).map(({ body }) => body.room);
  assert.deepEqual(rooms, [asking.channel ?? ROOM, asking.channel ?? ROOM], what);
}

async function assertRefused(asking: Muting, error: string, body: unknown = MUTE) {
  assertError(await mute(body, asking), error, JSON.stringify(asking));
  assert.deepEqual(running.livekit.calls, [], 'LiveKit was called');
}

test('a moderator and an owner may, on both prefixes', async () => {
  for (const base of ['/api/livekit', '/livekit']) {
    for (const as of ['user-mod', 'user-owner']) await assertMuted({ as, base }, as);
  }
});

test('the caller needs MUTE_PARTICIPANT in the channel’s own community', async () => {
  await insert('Channel', { id: 'channel-mute-2', communityId: 'community-2', name: 'x', type: 'VOICE' });
  for (const as of ['user-456', 'user-stranger', 'user-timeout', await newUser()])
    await assertRefused({ as }, FORBIDDEN);
  const user = await newUser();
  await grantRole(user, ['JOIN_CHANNEL', 'KICK_USER']);
  await assertRefused({ as: user }, FORBIDDEN);
  await grantRole(user, ['MUTE_PARTICIPANT']);
  await assertMuted({ as: user });
  await assertRefused({ as: user, channel: 'channel-mute-2' }, FORBIDDEN);
  await grantRole(user, ['MUTE_PARTICIPANT'], { communityId: 'community-2' });
  await assertMuted({ as: user, channel: 'channel-mute-2' });
});

test('no caller, not even an owner, may in a channel that does not exist', async () => {
  const channels = ['channel-000', 'CHANNEL-ABC123', `${ROOM} `, 'dm-group-1', '\u0000', 'a\nb', ' ', 'x'.repeat(257)];
  for (const channel of [...channels, '*', '../channels', "' OR 1=1 --"]) {
    for (const as of ['user-mod', 'user-owner']) await assertRefused({ as, channel }, FORBIDDEN);
  }
});

test('a private channel also requires membership', async () => {
  await assertMuted({ channel: 'channel-private-1' });
  const user = await newUser();
  await grantRole(user, 'role-moderator');
  await assertRefused({ as: user, channel: 'channel-private-1' }, FORBIDDEN);
  await insert('ChannelMembership', { userId: user, channelId: 'channel-private-1' });
  await assertMuted({ as: user, channel: 'channel-private-1' });
});

test('a timed-out or banned moderator may not, with each LIVEKIT_GRANTS', async () => {
  const user = await newMember();
  await grantRole(user, 'role-moderator');
  await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() + 60 });
  for (const LIVEKIT_GRANTS of ['full', 'role']) {
    await assertRefused({ as: user, settings: { LIVEKIT_GRANTS } }, FORBIDDEN);
  }
  await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() - 1 });
  await assertMuted({ as: user });
  await insert('CommunityBan', { communityId: 'community-kraken', userId: user, active: 1 });
  await assertRefused({ as: user }, FORBIDDEN);
});

test('401 and 415 are as on other routes', async () => {
  for (const as of [null, 'user-000']) await assertRefused({ as }, UNAUTHORIZED);
  await assertRefused({ as: 'user-banned' }, BANNED);
  const Cookie = `access_token=${userToken('user-mod')}`;
  await assertRefused({ as: null, headers: { Cookie, 'Content-Type': 'text/plain' } }, UNSUPPORTED);
  await assertMuted({ as: null, headers: { Cookie, 'Content-Type': 'application/json' } });
});

test('400 lists every invalid field before 403, and LiveKit is not called', async () => {
  const empty = 'participantIdentity should not be empty';
  const notText = 'participantIdentity must be a string';
  const notFlag = 'mute must be a boolean value';
  const participantIdentity = 'user-456';
  for (const [body, ...rules] of [
    [{}, empty, notText, notFlag],
    ['', empty, notText, notFlag],
    [{ participantIdentity: null, mute: null }, empty, notText, notFlag],
    [{ mute: true }, empty, notText],
    [{ participantIdentity: '', mute: true }, empty],
    [{ participantIdentity: ' ', mute: true }, empty],
    [{ participantIdentity: 1, mute: true }, notText],
    [{ participantIdentity: ['user-456'], mute: false }, notText],
    [{ participantIdentity: {}, mute: 'true' }, notText, notFlag],
    [{ participantIdentity: 'x'.repeat(257), mute: true }, 'participantIdentity must not be longer than 256 bytes'],
    [{ participantIdentity: 'a\nb', mute: true }, 'participantIdentity must not contain control characters'],
    ...[undefined, 'true', 'false', 1, 0, '', [], {}].map(
      (value) => [{ participantIdentity, mute: value }, notFlag] as const,
    ),
  ] as const) {
    for (const as of ['user-mod', 'user-stranger']) await assertRefused({ as }, badRequest(rules), body);
    await assertRefused({ as: null }, UNAUTHORIZED, body);
  }
  for (const [body, error] of [
    ['{', NOT_JSON],
    ['[]', NOT_OBJECT],
    ['{"participantIdentity":"user-456","mute":true,"mute":false}', TWICE],
  ] as const) {
    await assertRefused({ as: null }, error, body);
  }
  assertAnswer(await mute({ ...MUTE, mutes: 1, roomId: 'x', room: 'x', x: [{}] }), 201, SUCCESS, 'unknown fields');
  assert.deepEqual(running.livekit.calls[0]?.body, { room: ROOM, identity: 'user-456' });
});

test('unusual names reach LiveKit unchanged', async () => {
  for (const channel of ['a/../b?c#d%2f', '"雪\\ +&=', '{"a":1}', '__proto__', 'x'.repeat(256)]) {
    await insert('Channel', { id: channel, communityId: 'community-kraken', name: channel, type: 'VOICE' });
    await assertMuted({ channel }, channel);
    running.livekit.participants.set(channel, { identity: channel, tracks: [MICROPHONE] });
    assertAnswer(await mute({ participantIdentity: channel, mute: true }), 201, SUCCESS);
    for (const { body } of running.livekit.calls.splice(0))
      assert.deepEqual([body.room, body.identity], [ROOM, channel]);
  }
});
