/** Moderation: the stored rows, the calls to LiveKit with their tokens, and the responses to LiveKit's answers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Behaviour, json, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import {
  assertAnswer,
  assertError,
  assertToken,
  FORBIDDEN,
  INVALID_URL,
  LIVEKIT_SLOW,
  NO_PARTICIPANT,
  NOT_CONFIGURED,
  UNAVAILABLE,
} from '../support/answers.ts';
import type { Answer } from '../support/endpoint.ts';
import { claimsOf } from '../support/livekit-token.ts';
import {
  type ModerationName,
  moderating,
  MODERATED_ROOM as ROOM,
  SUCCESS,
  withModeration,
} from '../support/moderating.ts';
import { people } from '../support/people.ts';
import { now } from '../support/user-token.ts';

const NOT_REMOVED = '{"statusCode":502,"message":"Failed to remove participant"}';

/** Like `assertError`; after a stored kick the response also has its end. */
function assertFailed(name: ModerationName, answer: Answer, text: string, what?: string): void {
  if (name !== 'kick-participant') {
    assertError(answer, text, what);
    return;
  }
  const { until, ...body } = JSON.parse(answer.text);
  assert.equal(new Date(until).toISOString(), until, what);
  assert.ok(Date.parse(until) / 1000 > now(), what);
  assertError({ ...answer, text: JSON.stringify(body) }, text, what);
}
const NOT_ENDED = '{"statusCode":502,"message":"Failed to end room"}';
const ASKING: [ModerationName, method: string, failed: string][] = [
  ['kick-participant', 'RemoveParticipant', NOT_REMOVED],
  ['remove-participant', 'RemoveParticipant', NOT_REMOVED],
  ['end', 'DeleteRoom', NOT_ENDED],
];

const running = withModeration();
const moderate = moderating(
  () => running.endpoint,
  () => running.livekit,
);
const { insert } = people(() => running.endpoint);
const kick = (body: object = {}) => moderate('kick-participant', { participantIdentity: 'user-456', ...body });
const ask = (as = 'user-456', identity?: string) => running.endpoint.token({ roomId: ROOM, identity }, { as });
const untilOf = ({ text, status }: Awaited<ReturnType<typeof kick>>): number => {
  assert.equal(status, 201, text);
  const { success, until, ...rest } = JSON.parse(text);
  assert.deepEqual([success, rest, new Date(until).toISOString()], [true, {}, until]);
  return Date.parse(until) / 1000;
};
const answering =
  (status: number, body: object): Behaviour =>
  (response) =>
    json(response, status, body);

describe('a kick', () => {
  test('lasts an hour, or as long as durationSeconds says, from now on', async () => {
    for (const [body, seconds] of [
      [{}, 3600],
      [{ durationSeconds: null }, 3600],
      [{ durationSeconds: 1_000_000 }, 1_000_000],
    ] as const) {
      const before = now();
      const until = untilOf(await kick(body));
      assert.ok(until >= before + seconds && until <= now() + seconds, `${until}`);
      assertError(await ask(), FORBIDDEN);
      await running.endpoint.database.delete('VoiceKick');
    }
    assertToken(await ask());
  });

  test('removes the participant with a token for that room only, and revokes older tokens', async () => {
    const before = now();
    await kick();
    const [asked, call, ...others] = running.livekit.calls;
    assert.deepEqual(others, []);
    assert.equal(asked?.path, '/twirp/livekit.RoomService/GetParticipant');
    const { revoke_token_ts: revoked, ...body } = call?.body ?? {};
    assert.deepEqual(
      [call?.path, body],
      ['/twirp/livekit.RoomService/RemoveParticipant', { room: ROOM, identity: 'user-456' }],
    );
    assert.match(String(revoked), /^\d+$/);
    assert.ok(Number(revoked) > before && Number(revoked) <= now() + 1);
    const token = call?.headers.authorization?.replace('Bearer ', '') ?? '';
    assert.deepEqual(claimsOf(token).video, { room: ROOM, roomAdmin: true });
  });

  test('of a participant who is not in the room is stored, and revokes the tokens', async () => {
    running.livekit.participants.clear();
    untilOf(await kick());
    assertError(await ask(), FORBIDDEN);
    const [asked, removed, ...others] = running.livekit.calls;
    assert.deepEqual(others, []);
    assert.equal(asked?.path, '/twirp/livekit.RoomService/GetParticipant');
    const { revoke_token_ts: revoked, ...body } = removed?.body ?? {};
    assert.deepEqual(
      [removed?.path, body],
      ['/twirp/livekit.RoomService/RemoveParticipant', { room: ROOM, identity: 'user-456' }],
    );
    assert.match(String(revoked), /^\d+$/);
  });

  test('of two kicks with a token request in between, the later end counts', async () => {
    const [long, refused, short] = await Promise.all([
      kick({ durationSeconds: 600 }),
      ask('user-789'),
      kick({ durationSeconds: 60 }),
    ]);
    assertToken(refused);
    assertError(await ask(), FORBIDDEN);
    assert.ok(untilOf(short) <= untilOf(long));
    assert.equal(untilOf(await kick({ durationSeconds: 1 })), untilOf(long), 'the kick is not shortened');
    const longest = untilOf(await kick({ durationSeconds: 900 }));
    assert.ok(longest > untilOf(long));
    assert.equal(await running.endpoint.database.count('VoiceKick', { until: longest }), 1);
  });

  test('applies to every user who got a token for the identity', async () => {
    for (const as of ['user-456', 'user-789']) assertToken(await ask(as, 'phone'));
    assertToken(await ask('user-mod', 'tablet'));
    running.livekit.participants.set('phone', { identity: 'phone', tracks: [] });
    untilOf(await kick({ participantIdentity: 'phone' }));
    for (const as of ['user-456', 'user-789']) {
      for (const identity of ['phone', 'tablet', undefined]) assertError(await ask(as, identity), FORBIDDEN);
    }
    assertError(await ask('user-mod', 'phone'), FORBIDDEN);
    assertToken(await ask('user-mod', 'tablet'));
    assert.equal(await running.endpoint.database.count('VoiceKick', { byUserId: 'user-mod' }), 3);
  });

  test('of an owner does not keep the owner out', async () => {
    untilOf(await kick({ participantIdentity: 'user-owner' }));
    assertToken(await ask('user-owner'));
  });

  test('stays stored if LiveKit fails, and a repeated kick has the same response', async () => {
    running.livekit.behaviours.set('RemoveParticipant', answering(500, { code: 'internal' }));
    for (let time = 0; time < 2; time++) {
      assertFailed('kick-participant', await kick(), NOT_REMOVED);
      assertError(await ask(), FORBIDDEN);
    }
    running.livekit.behaviours.clear();
    untilOf(await kick());
  });

  test('that cannot be stored is 503, and LiveKit is not called', async () => {
    await running.endpoint.sql('ALTER TABLE "VoiceKick" RENAME TO "NoKick"');
    assertError(await kick(), UNAVAILABLE);
    await running.endpoint.sql('ALTER TABLE "NoKick" RENAME TO "VoiceKick"');
    assert.deepEqual(running.livekit.calls, []);
    untilOf(await kick());
  });

  test('is logged with the moderator and the participant', async () => {
    const start = running.endpoint.log.length;
    const until = untilOf(await kick());
    await running.endpoint.logged('Kicked a participant');
    const lines = running.endpoint.log.slice(start).map((line) => JSON.parse(line));
    const found = lines.filter(({ message }) => message === 'Kicked a participant');
    assert.deepEqual(
      found.map(({ level, userId, identity, roomId, until }) => ({ level, userId, identity, roomId, until })),
      [{ level: 'info', userId: 'user-mod', identity: 'user-456', roomId: ROOM, until }],
    );
  });
});

describe('a recorder', () => {
  const recorders = [{ kind: 'EGRESS' }, { kind: 2 }].map((kind, at) => ({
    identity: `EG_recorder${at}`,
    tracks: [],
    ...kind,
  }));
  const removals = () => running.livekit.calls.filter(({ path }) => path.endsWith('/RemoveParticipant'));

  test('is not removed by a moderator who knows its identity, and is 404', async () => {
    for (const recorder of recorders) {
      running.livekit.participants.set(recorder.identity, recorder);
      const body = { participantIdentity: recorder.identity };
      assertError(await moderate('remove-participant', body), NO_PARTICIPANT);
      assertError(await moderate('remove-participant', body, { as: 'user-owner' }), NO_PARTICIPANT);
      untilOf(await kick(body));
    }
    assert.deepEqual(removals(), []);
  });

  test('is the only kind that is not removed, and a participant cannot avoid the removal by its own data', async () => {
    for (const kind of ['STANDARD', 'AGENT', 'SIP', 'INGRESS', 4, undefined, null, {}, ['EGRESS'], 'egress']) {
      running.livekit.participants.set('user-456', { identity: 'user-456', tracks: [], ...{ kind } });
      assertAnswer(await moderate('remove-participant'), 201, SUCCESS, JSON.stringify(kind));
    }
    // A response that is too large, as with a participant who has many tracks; and one that is not JSON.
    for (const text of ['x'.repeat(17 * 1024 * 1024), '[]']) {
      running.livekit.behaviours.set('GetParticipant', (response) => response.end(text));
      assertAnswer(await moderate('remove-participant'), 201, SUCCESS);
    }
    assert.equal(removals().length, 12);
  });
});

describe('a removal', () => {
  test('is one call without revocation, after which the participant may join again', async () => {
    assertAnswer(await moderate('remove-participant'), 201, SUCCESS);
    assert.deepEqual(
      running.livekit.calls.map(({ path, body }) => [path.split('/').at(-1), body]),
      ['GetParticipant', 'RemoveParticipant'].map((method) => [method, { room: ROOM, identity: 'user-456' }]),
    );
    assertToken(await ask());
    await running.endpoint.logged('Removed a participant');
  });

  test('of a participant who is not in the room is 404', async () => {
    assertError(await moderate('remove-participant', { participantIdentity: 'nobody' }), NO_PARTICIPANT);
  });
});

describe('a lock', () => {
  test('refuses tokens until the room is unlocked, may be repeated, and does not call LiveKit', async () => {
    for (let time = 0; time < 2; time++) assertAnswer(await moderate('lock', { locked: true }), 201, SUCCESS);
    assertError(await ask(), FORBIDDEN);
    assertToken(await ask('user-mod'));
    for (let time = 0; time < 2; time++) assertAnswer(await moderate('lock', { locked: false }), 201, SUCCESS);
    assertToken(await ask());
    assert.deepEqual(running.livekit.calls, []);
    for (const message of ['Locked a channel', 'Unlocked a channel']) await running.endpoint.logged(message);
  });

  test('that cannot be stored is 503', async () => {
    await running.endpoint.sql('ALTER TABLE "VoiceLock" RENAME TO "NoLock"');
    assertError(await moderate('lock'), UNAVAILABLE);
    await running.endpoint.sql('ALTER TABLE "NoLock" RENAME TO "VoiceLock"');
    assertAnswer(await moderate('lock'), 201, SUCCESS);
  });
});

describe('an end', () => {
  test('deletes the room with a token for creating rooms', async () => {
    assertAnswer(await moderate('end'), 201, SUCCESS);
    const [call, ...others] = running.livekit.calls;
    assert.deepEqual(others, []);
    assert.deepEqual([call?.path, call?.body], ['/twirp/livekit.RoomService/DeleteRoom', { room: ROOM }]);
    assert.deepEqual(claimsOf(call?.headers.authorization?.replace('Bearer ', '') ?? '').video, { roomCreate: true });
    await running.endpoint.logged('Ended a room');
  });

  test('of a room that is not running succeeds', async () => {
    running.livekit.behaviours.set('DeleteRoom', answering(404, { code: 'not_found', msg: 'room does not exist' }));
    assertAnswer(await moderate('end'), 201, SUCCESS);
    running.livekit.behaviours.set('DeleteRoom', answering(404, { code: 'bad_route' }));
    assertError(await moderate('end'), NOT_ENDED, 'a wrong address is none of a room');
  });
});

describe('answers of LiveKit', () => {
  test('a refusal, an error, garbage and a closed connection are 502, and nothing of the answer is returned', async () => {
    const behaviours: Record<string, Behaviour> = {
      'permissions denied': answering(401, { code: 'unauthenticated', msg: 'hunter2' }),
      'an error': answering(500, { code: 'internal', msg: 'hunter2' }),
      garbage: (response) => response.end('hunter2'),
      'another address': (response) => response.writeHead(307, { location: running.livekit.url }).end(),
      'a closed connection': (response) => response.destroy(),
    };
    for (const [name, method, failed] of ASKING) {
      for (const [what, behave] of Object.entries(behaviours)) {
        running.livekit.behaviours.set(method, behave);
        assertFailed(name, await moderate(name), failed, `${name} ${what}`);
      }
      running.livekit.behaviours.clear();
      assert.equal((await moderate(name)).status, 201, `${name} afterwards`);
    }
    assert.doesNotMatch(running.endpoint.log.join('\n'), /hunter2|127\.0\.0\.1|eyJ/);
  });

  test('a server that is down is 502, and a slow one 504', async () => {
    const other = await startFakeLivekit();
    await other.stop();
    for (const [name, , failed] of ASKING) {
      assertFailed(name, await moderate(name, undefined, { settings: { LIVEKIT_URL: other.url } }), failed);
    }
    for (const [, method] of ASKING) running.livekit.behaviours.set(method, () => {});
    const answers = await Promise.all(ASKING.map(([name]) => moderate(name)));
    for (const [at, [name]] of ASKING.entries()) assertFailed(name, answers[at] as Answer, LIVEKIT_SLOW);
    assertError(await ask(), FORBIDDEN, 'the kick is stored');
  });

  test('without a URL or key it is 500, for callers who have the permission', async () => {
    for (const [name] of ASKING) {
      for (const setting of ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) {
        const settings = { [setting]: null };
        assertFailed(name, await moderate(name, undefined, { settings }), NOT_CONFIGURED, `${name} ${setting}`);
        assertError(await moderate(name, undefined, { as: 'user-456', settings }), FORBIDDEN);
      }
      const answer = await moderate(name, undefined, { settings: { LIVEKIT_URL: 'ftp://127.0.0.1' } });
      assertFailed(name, answer, INVALID_URL);
    }
  });
});

test('a kick in one channel has no effect on another channel', async () => {
  await insert('Channel', { id: 'channel-next', communityId: 'community-kraken', name: 'next', type: 'VOICE' });
  untilOf(await kick());
  assertToken(await running.endpoint.token({ roomId: 'channel-next' }));
});
