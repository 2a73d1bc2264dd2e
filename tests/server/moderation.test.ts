/** POST /channels/:channelId/kick-participant, remove-participant, lock and end: permissions and validation. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertError,
  BANNED,
  badRequest,
  FORBIDDEN,
  NOT_ALLOWED,
  NOT_FOUND,
  NOT_JSON,
  NOT_OBJECT,
  TOO_LARGE,
  TWICE,
  UNAUTHORIZED,
  UNAVAILABLE,
  UNSUPPORTED,
} from '../support/answers.ts';
import {
  MODERATIONS,
  type Moderating,
  type ModerationName,
  moderating,
  NAMES,
  MODERATED_ROOM as ROOM,
  withModeration,
} from '../support/moderating.ts';
import { people } from '../support/people.ts';
import { platform } from '../support/platform.ts';
import { now, userToken } from '../support/user-token.ts';

const running = withModeration();
const moderate = moderating(
  () => running.endpoint,
  () => running.livekit,
);
const { insert, newUser, newMember, grantRole } = people(() => running.endpoint);
const stored = async () => {
  const { database } = running.endpoint;
  return (await database.count('VoiceKick')) + (await database.count('VoiceLock'));
};

async function assertDone(name: ModerationName, asking: Moderating, what?: string) {
  const answer = await moderate(name, undefined, asking);
  assert.equal(answer.status, 201, `${name} ${what} ${answer.text}`);
  assert.equal(JSON.parse(answer.text).success, true);
  if (name !== 'lock') {
    const calls = running.livekit.calls.splice(0);
    assert.ok(calls.length > 0 && calls.every(({ body }) => body.room === (asking.channel ?? ROOM)), `${name} ${what}`);
  }
  for (const table of ['VoiceKick', 'VoiceLock']) await running.endpoint.database.delete(table);
}

async function assertRefused(name: ModerationName, asking: Moderating, error: string, body?: unknown) {
  const answer = await moderate(name, body, asking);
  assertError(answer, error, `${name} ${JSON.stringify(asking)} ${JSON.stringify(body)}`);
  assert.deepEqual(running.livekit.calls, [], 'LiveKit was called');
  assert.equal(await stored(), 0, 'something was stored');
}

for (const name of NAMES) {
  const { action } = MODERATIONS[name];
  describe(name, () => {
    test('a moderator and an owner may, on both prefixes', async () => {
      for (const base of ['/api/livekit', '/livekit']) {
        for (const as of ['user-mod', 'user-owner']) await assertDone(name, { as, base }, as);
      }
    });

    test(`needs ${action} in the channel’s own community`, async () => {
      const channel = `channel-${name}`;
      await insert('Channel', { id: channel, communityId: 'community-2', name, type: 'VOICE' });
      for (const as of ['user-456', 'user-stranger', 'user-timeout', await newUser()]) {
        await assertRefused(name, { as }, FORBIDDEN);
      }
      const user = await newUser();
      const others = ['JOIN_CHANNEL', 'MUTE_PARTICIPANT', 'BAN_USER', 'UPDATE_CHANNEL', 'KICK_USER'];
      await grantRole(
        user,
        others.filter((other) => other !== action),
      );
      await assertRefused(name, { as: user }, FORBIDDEN);
      await grantRole(user, [action]);
      await assertDone(name, { as: user });
      await assertRefused(name, { as: user, channel }, FORBIDDEN);
      await grantRole(user, [action], { communityId: 'community-2' });
      await assertDone(name, { as: user, channel });
    });

    test('no caller, not even an owner, may in a channel that does not exist', async () => {
      const channels = ['channel-000', 'CHANNEL-ABC123', `${ROOM} `, 'dm-group-1', '\u0000', 'a\nb', 'x'.repeat(257)];
      for (const channel of [...channels, '*', '../channels', "' OR 1=1 --"]) {
        for (const as of ['user-mod', 'user-owner']) await assertRefused(name, { as, channel }, FORBIDDEN);
      }
    });

    test('a private channel also requires membership, and a timeout or ban refuses', async () => {
      const user = await newMember();
      await grantRole(user, 'role-moderator');
      await assertRefused(name, { as: user, channel: 'channel-private-1' }, FORBIDDEN);
      await insert('ChannelMembership', { userId: user, channelId: 'channel-private-1' });
      await assertDone(name, { as: user, channel: 'channel-private-1' });
      await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() + 60 });
      for (const LIVEKIT_GRANTS of ['full', 'role']) {
        await assertRefused(name, { as: user, settings: { LIVEKIT_GRANTS } }, FORBIDDEN);
      }
      await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() - 1 });
      await assertDone(name, { as: user });
      await insert('CommunityBan', { communityId: 'community-kraken', userId: user, active: 1 });
      await assertRefused(name, { as: user }, FORBIDDEN);
    });

    test('an overwrite of the channel cannot deny or allow KICK_USER and UPDATE_CHANNEL', async () => {
      const user = await newMember();
      const overwrite = { id: `o-${name}`, channelId: ROOM, targetType: 'MEMBER', userId: user };
      await insert('ChannelPermissionOverwrite', { ...overwrite, allow: JSON.stringify([action]) });
      await assertRefused(name, { as: user }, FORBIDDEN);
      await grantRole(user, [action]);
      await insert('ChannelPermissionOverwrite', { ...overwrite, allow: '[]', deny: '["READ_CHANNEL"]' });
      await assertRefused(name, { as: user }, FORBIDDEN);
      await running.endpoint.database.delete('ChannelPermissionOverwrite', { id: overwrite.id });
      await assertDone(name, { as: user });
    });

    test('401, 405, 413 and 415 are as on other routes', async () => {
      for (const as of [null, 'user-000']) await assertRefused(name, { as }, UNAUTHORIZED);
      await assertRefused(name, { as: 'user-banned' }, BANNED);
      const Cookie = `access_token=${userToken('user-mod')}`;
      await assertRefused(name, { as: null, headers: { Cookie, 'Content-Type': 'text/plain' } }, UNSUPPORTED);
      await assertDone(name, { as: null, headers: { Cookie, 'Content-Type': 'application/json' } });
      await assertRefused(name, {}, TOO_LARGE, ' '.repeat(200_000));
      const isKick = name === 'kick-participant';
      for (const method of ['GET', 'PUT', 'PATCH', ...(isKick ? [] : ['DELETE'])]) {
        const answer = await running.endpoint.send(method, `/channels/${ROOM}/${name}`, { as: 'user-mod' });
        assertError(answer, NOT_ALLOWED, method);
        assert.equal(answer.headers.get('allow'), isKick ? 'POST, DELETE' : 'POST');
      }
      assertError(await running.endpoint.post(`/channels/${name}`, {}, { as: 'user-mod' }), NOT_FOUND);
    });

    test('a body that is not an object is 400 before all other checks', async () => {
      for (const [body, error] of [
        ['{', NOT_JSON],
        ['[]', NOT_OBJECT],
        ['null', NOT_OBJECT],
        ['"x"', NOT_OBJECT],
        ['{"locked":true,"locked":false,"participantIdentity":"a"}', TWICE],
        ['{"participantIdentity":"a","participantIdentity":"b","locked":true}', TWICE],
      ] as const) {
        for (const as of ['user-mod', 'user-stranger', null]) await assertRefused(name, { as }, error, body);
      }
    });

    // A process opens its database before the request.
    const skip = platform !== 'workerd-d1' && 'a process does not start without a database';
    test('without a database it is 503', { skip }, async () => {
      await assertRefused(name, { settings: { DB: null } }, UNAVAILABLE);
    });
  });
}

test('400 lists every invalid field, before 403 and after 401', async () => {
  const empty = 'participantIdentity should not be empty';
  const notText = 'participantIdentity must be a string';
  const duration = 'durationSeconds must be an integer from 1 to 2592000';
  const notFlag = 'locked must be a boolean value';
  const participantIdentity = 'user-456';
  const identities: [unknown, ...string[]][] = [
    [undefined, empty, notText],
    [null, empty, notText],
    ['', empty],
    [' ', empty],
    [1, notText],
    [['user-456'], notText],
    [{}, notText],
    ['x'.repeat(257), 'participantIdentity must not be longer than 256 bytes'],
    ['a\nb', 'participantIdentity must not contain control characters'],
  ];
  const cases: [ModerationName, unknown, ...string[]][] = [
    ...identities.flatMap(([value, ...rules]): [ModerationName, unknown, ...string[]][] => [
      ['kick-participant', { participantIdentity: value, durationSeconds: '60' }, ...rules, duration],
      ['remove-participant', { participantIdentity: value, durationSeconds: '60' }, ...rules],
    ]),
    ...[0, -1, 1.5, 2_592_001, 1e300, '60', '', true, [], {}].map(
      (durationSeconds): [ModerationName, unknown, string] => [
        'kick-participant',
        { participantIdentity, durationSeconds },
        duration,
      ],
    ),
    ...[undefined, null, 'true', 1, 0, '', [], {}].map((locked): [ModerationName, unknown, string] => [
      'lock',
      { locked },
      notFlag,
    ]),
    ['kick-participant', '', empty, notText],
    ['remove-participant', '', empty, notText],
    ['lock', '', notFlag],
  ];
  for (const [name, body, ...rules] of cases) {
    for (const as of ['user-mod', 'user-stranger']) await assertRefused(name, { as }, badRequest(rules), body);
    await assertRefused(name, { as: null }, UNAUTHORIZED, body);
  }
});

test('an empty body ends a room, and other fields are ignored', async () => {
  for (const body of ['', '{}', '{"room":"channel-private-1","roomId":"x"}']) {
    assert.equal((await moderate('end', body)).status, 201);
    assert.deepEqual(
      running.livekit.calls.splice(0).map(({ body }) => body),
      [{ room: ROOM }],
    );
  }
});
