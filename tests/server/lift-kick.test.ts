/** DELETE /channels/:channelId/kick-participant: permissions, and the kicks that end. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertAnswer,
  assertError,
  assertToken,
  BANNED,
  badRequest,
  FORBIDDEN,
  UNAUTHORIZED,
  UNAVAILABLE,
} from '../support/answers.ts';
import type { Asking } from '../support/endpoint.ts';
import { moderating, MODERATED_ROOM as ROOM, SUCCESS, withModeration } from '../support/moderating.ts';
import { people } from '../support/people.ts';
import { userToken } from '../support/user-token.ts';

const running = withModeration();
const moderate = moderating(
  () => running.endpoint,
  () => running.livekit,
);
const { insert, newMember, grantRole } = people(() => running.endpoint);
const ask = (as = 'user-456', identity?: string) => running.endpoint.token({ roomId: ROOM, identity }, { as });

async function kick(identity: string, channel = ROOM): Promise<void> {
  const { status, text } = await moderate('kick-participant', { participantIdentity: identity }, { channel });
  assert.equal(status, 201, text);
}

interface Lifting extends Asking {
  channel?: string;
}

const lift = (query: string, { channel = ROOM, ...asking }: Lifting = {}) =>
  running.endpoint.send('DELETE', `/channels/${encodeURIComponent(channel)}/kick-participant${query}`, {
    as: 'user-mod',
    ...asking,
  });
const queryFor = (identity: string) => `?participantIdentity=${encodeURIComponent(identity)}`;

describe('a lifted kick', () => {
  test('ends at once; the response is the same if the kick has ended or the identity was not kicked', async () => {
    await kick('user-456');
    assertError(await ask(), FORBIDDEN);
    running.livekit.calls.length = 0;
    for (let time = 0; time < 2; time += 1) assertAnswer(await lift(queryFor('user-456')), 200, SUCCESS);
    assertAnswer(await lift(queryFor('nobody at all')), 200, SUCCESS);
    assertToken(await ask());
    assert.deepEqual(running.livekit.calls, [], 'LiveKit is not called');
    const lines = await running.endpoint.logged('Ended a kick');
    const { level, userId, identity, roomId } = lines[0] ?? assert.fail('not logged');
    assert.deepEqual([level, userId, identity, roomId], ['info', 'user-mod', 'user-456', ROOM]);
  });

  test('ends for every user who was kicked with the identity, on both prefixes', async () => {
    for (const base of ['/api/livekit', '/livekit']) {
      for (const as of ['user-456', 'user-789']) assertToken(await ask(as, 'phone é/?&'));
      await kick('phone é/?&');
      for (const as of ['user-456', 'user-789']) assertError(await ask(as), FORBIDDEN);
      assertAnswer(await lift(queryFor('phone é/?&'), { base }), 200, SUCCESS);
      for (const as of ['user-456', 'user-789']) assertToken(await ask(as, 'phone é/?&'));
    }
  });

  test('ends in that channel only', async () => {
    await insert('Channel', { id: 'channel-other', communityId: 'community-kraken', name: 'other', type: 'VOICE' });
    for (const channel of [ROOM, 'channel-other']) await kick('user-456', channel);
    assertAnswer(await lift(queryFor('user-456'), { channel: 'channel-other' }), 200, SUCCESS);
    assertError(await ask(), FORBIDDEN);
    assertToken(await running.endpoint.token({ roomId: 'channel-other' }));
  });
});

describe('permission to lift a kick', () => {
  test('requires KICK_USER, like a kick, and a valid token', async () => {
    await kick('user-456');
    for (const as of ['user-456', 'user-stranger', 'user-timeout']) {
      assertError(await lift(queryFor('user-456'), { as }), FORBIDDEN, as);
    }
    assertError(await lift(queryFor('user-456'), { as: null }), UNAUTHORIZED);
    assertError(await lift(queryFor('user-456'), { as: 'user-banned' }), BANNED);
    assertError(await lift(queryFor('user-456'), { channel: 'channel-000' }), FORBIDDEN);
    const user = await newMember();
    await grantRole(user, ['UPDATE_CHANNEL', 'MUTE_PARTICIPANT', 'BAN_USER']);
    assertError(await lift(queryFor('user-456'), { as: user }), FORBIDDEN);
    assertError(await ask(), FORBIDDEN);
    await grantRole(user, ['KICK_USER']);
    assertAnswer(await lift(queryFor('user-456'), { as: user }), 200, SUCCESS);
    await kick('user-456');
    const Cookie = `access_token=${userToken('user-owner')}`;
    assertAnswer(await lift(queryFor('user-456'), { as: null, headers: { Cookie } }), 200, SUCCESS);
  });

  test('a kicked moderator may not lift a kick: neither their own nor that of an identity that they hold', async () => {
    const moderator = await newMember();
    await grantRole(moderator, ['KICK_USER']);
    assertToken(await ask(moderator, 'tablet'));
    await kick('tablet');
    for (const identity of [moderator, 'tablet', 'user-456']) {
      assertError(await lift(queryFor(identity), { as: moderator }), FORBIDDEN, identity);
    }
    assertError(await ask(moderator), FORBIDDEN);
    assertAnswer(await lift(queryFor('tablet')), 200, SUCCESS);
    assertAnswer(await lift(queryFor('user-456'), { as: moderator }), 200, SUCCESS);
    await kick('user-owner');
    assertAnswer(await lift(queryFor('user-owner'), { as: 'user-owner' }), 200, SUCCESS);
  });
});

test('a missing, repeated or invalid identity is 400, before 403 and after 401', async () => {
  const empty = 'participantIdentity should not be empty';
  const notString = 'participantIdentity must be a string';
  const CASES: [query: string, ...rules: string[]][] = [
    ['', empty, notString],
    ['?participantidentity=user-456', empty, notString],
    ['?participantIdentity', empty],
    ['?participantIdentity=', empty],
    ['?participantIdentity=%20', empty],
    ['?participantIdentity=a&participantIdentity=b', notString],
    ['?participantIdentity=a&participantIdentity=a', notString],
    [`?participantIdentity=${'x'.repeat(257)}`, 'participantIdentity must not be longer than 256 bytes'],
    ['?participantIdentity=a%0Ab', 'participantIdentity must not contain control characters'],
    ['?participantIdentity=%00', 'participantIdentity must not contain control characters'],
  ];
  await kick('user-456');
  for (const [query, ...rules] of CASES) {
    for (const as of ['user-mod', 'user-stranger']) assertError(await lift(query, { as }), badRequest(rules), query);
    assertError(await lift(query, { as: null }), UNAUTHORIZED, query);
  }
  assertError(await ask(), FORBIDDEN, 'nothing was lifted');
});

test('if the store does not answer it is 503, and the kick stays', async () => {
  await kick('user-456');
  await running.endpoint.sql('ALTER TABLE "VoiceIdentity" RENAME TO "NoIdentity"');
  assertError(await lift(queryFor('user-456')), UNAVAILABLE);
  await running.endpoint.sql('ALTER TABLE "NoIdentity" RENAME TO "VoiceIdentity"');
  assertError(await ask(), FORBIDDEN);
});
