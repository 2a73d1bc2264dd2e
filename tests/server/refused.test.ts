/** A participant who joins with a token from before a kick or lock is removed when LiveKit reports the join. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { json } from '../server-parts/fake-livekit.ts';
import { assertAnswer, assertError, LIVEKIT_SLOW, NOT_CONFIGURED, UNAVAILABLE } from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { moderating, MODERATED_ROOM as ROOM, withModeration } from '../support/moderating.ts';
import { people } from '../support/people.ts';
import { now } from '../support/user-token.ts';
import { event, moved, participant, RECEIVED, webhooks } from '../support/webhooks.ts';

const NOT_REMOVED = '{"statusCode":502,"message":"Failed to remove participant"}';

const running = withModeration();
const moderate = moderating(
  () => running.endpoint,
  () => running.livekit,
);
const { insert, newMember, grantRole } = people(() => running.endpoint);
const post = webhooks(() => running.endpoint);
const send = (body: string, settings: Record<string, unknown> = {}) =>
  post(body, { settings: { LIVEKIT_URL: running.livekit.url, ...settings } });
const joins = (identity: string, room = ROOM, createdAt = now()) =>
  send(moved('joined', room, identity, { createdAt: `${createdAt}`, room: { sid: `RM_${room}`, name: room } }));

const kick = (subject: string, until = now() + 60, channelId = ROOM) =>
  insert('VoiceKick', { channelId, subject, until, byUserId: 'user-mod', createdAt: now() });
const lock = (lockedAt = now() - 1, channelId = ROOM) =>
  insert('VoiceLock', { channelId, lockedAt, byUserId: 'user-mod' });
const hold = (identity: string, userId: string, issuedAt = now()) =>
  insert('VoiceIdentity', { room: ROOM, identity, userId, issuedAt });

/** The participants that the endpoint told LiveKit to remove. */
const removed = () =>
  running.livekit.calls.splice(0).map(({ path, body }) => `${path.split('/').at(-1)} ${body.identity}`);

async function assertRemoved(identity: string, what?: string) {
  running.livekit.participants.set(identity, { identity, tracks: [] });
  assertAnswer(await joins(identity), 200, RECEIVED, what);
  assert.deepEqual(removed(), [`RemoveParticipant ${identity}`], what);
}

async function assertStays(identity: string, what?: string) {
  assertAnswer(await joins(identity), 200, RECEIVED, what);
  assert.deepEqual(removed(), [], what);
}

describe('a kicked participant', () => {
  test('is removed each time, until the kick ends', async () => {
    await assertStays('user-456');
    await kick('user-456');
    for (let time = 0; time < 2; time++) await assertRemoved('user-456');
    await assertStays('user-789');
    await kick('user-456', now() - 1);
    await assertStays('user-456');
    await running.endpoint.logged('Removed a refused participant');
  });

  test('two kicks and a join in between within one second: the participant is removed, and presence is empty after the leave', async () => {
    const present = async () => {
      const { text } = await running.endpoint.get(`/channels/${ROOM}/voice-presence`, { as: 'user-mod' });
      return JSON.parse(text).participants.map(({ identity }: { identity: string }) => identity);
    };
    const target = await newMember();
    running.livekit.participants.set(target, { identity: target, tracks: [] });
    const body = { participantIdentity: target };
    const [first, joined, second] = await Promise.all([
      moderate('kick-participant', body),
      joins(target),
      moderate('kick-participant', body),
    ]);
    assert.deepEqual([first.status, joined.status, second.status], [201, 200, 201]);
    assert.ok(removed().length >= 2);
    await assertRemoved(target, 'a rejoin after both');
    await send(moved('left', ROOM, target, { createdAt: `${now() + 1}` }));
    assert.ok(!(await present()).includes(target));
  });

  test('is removed from that channel only; a room that is not a channel is ignored', async () => {
    await kick('user-456');
    await kick('user-456', now() + 60, 'dm-group-1');
    await kick('user-456', now() + 60, 'room-of-an-application');
    await lock(now() - 9, 'dm-group-1');
    for (const room of ['channel-voice-123', 'dm-group-1', 'room-of-an-application', 'x'.repeat(300), 'a\nb']) {
      assertAnswer(await joins('user-456', room), 200, RECEIVED, room);
      assert.deepEqual(removed(), [], room);
    }
  });

  test('is not removed for another event, or as a hidden participant or one that the operator has started', async () => {
    await kick('user-456');
    await lock();
    for (const body of [
      moved('left', ROOM, 'user-456'),
      event('track_published', ROOM, { participant: participant('user-456') }),
      event('room_finished', ROOM),
      moved('joined', ROOM, 'user-456', { participant: participant('user-456', { permission: { hidden: true } }) }),
      moved('joined', ROOM, 'user-456', { participant: participant('user-456', { kind: 'EGRESS' }) }),
      moved('joined', ROOM, 'agent-1', { participant: participant('agent-1', { kind: 'AGENT' }) }),
      ...['SIP', 'INGRESS', 'CONNECTOR', 'BRIDGE', 3].map((kind) =>
        moved('joined', ROOM, 'user-456', { participant: participant('user-456', { kind }) }),
      ),
    ]) {
      assertAnswer(await send(body), 200, RECEIVED, body);
      assert.deepEqual(removed(), [], body);
    }
  });

  test('is removed also as a participant of an unknown kind', async () => {
    await kick('user-456');
    const body = moved('joined', ROOM, 'user-456', {
      participant: participant('user-456', { kind: 'OF_A_NEWER_LIVEKIT' }),
    });
    assertAnswer(await send(body), 200, RECEIVED, body);
    assert.equal(removed().length, 1);
  });

  test('an owner is not removed', async () => {
    await kick('user-owner');
    await lock();
    await assertStays('user-owner');
  });
});

describe('in a locked channel', () => {
  test('participants who join in the second of the lock or later are removed, unless they may manage the channel', async () => {
    await lock(now());
    await assertRemoved('user-456');
    await assertStays('user-mod');
    const user = await newMember();
    await assertRemoved(user);
    await grantRole(user, ['UPDATE_CHANNEL']);
    await assertStays(user);
    await assertRemoved('user-stranger', 'a user without a role');
    await running.endpoint.database.delete('VoiceLock');
    await assertStays('user-456');
  });

  test('a join from before the lock that is reported late is accepted', async () => {
    await lock(now());
    assertAnswer(await joins('user-456', ROOM, now() - 5), 200, RECEIVED);
    assert.deepEqual(removed(), []);
  });
});

describe('an identity that is not a user’s id', () => {
  test('is removed if it was kicked, with or without a holder', async () => {
    await kick('phone');
    await assertRemoved('phone');
    await hold('phone', 'user-789');
    await assertRemoved('phone');
  });

  test('is removed if a user who holds it was kicked', async () => {
    await hold('phone', 'user-789');
    await assertStays('phone');
    await kick('user-456');
    await assertStays('phone');
    await hold('phone', 'user-456');
    await assertRemoved('phone', 'one of two holders');
    await running.endpoint.database.delete('VoiceIdentity', { userId: 'user-456' });
    await hold('phone', 'user-456', now() - 3 * 86_400);
    await assertStays('phone', 'whose token has expired long ago');
  });

  test('is removed from a locked channel unless its holders may manage the channel', async () => {
    await lock();
    await assertRemoved('phone', 'without a holder');
    await hold('phone', 'user-deleted');
    await assertRemoved('phone', 'of a user who is gone');
    await running.endpoint.database.delete('VoiceIdentity');
    await hold('phone', 'user-mod');
    await assertStays('phone');
    await hold('phone', 'user-owner');
    await assertStays('phone');
    await hold('phone', 'user-456');
    await assertRemoved('phone', 'one of three holders');
  });
});

describe('faults', () => {
  test('a participant who has left meanwhile is not an error', async () => {
    await kick('user-456');
    running.livekit.participants.clear();
    assertAnswer(await joins('user-456'), 200, RECEIVED);
    assert.deepEqual(removed(), ['RemoveParticipant user-456']);
  });

  test('if LiveKit does not remove the participant, the response makes it repeat the event, which removes again', async () => {
    await kick('user-456');
    const body = moved('joined', ROOM, 'user-456');
    running.livekit.behaviours.set('RemoveParticipant', (response) => json(response, 500, { msg: 'hunter2' }));
    assertError(await send(body), NOT_REMOVED);
    running.livekit.behaviours.set('RemoveParticipant', () => {});
    assertError(await send(body), LIVEKIT_SLOW);
    assertError(await send(body, { LIVEKIT_URL: null }), NOT_CONFIGURED);
    running.livekit.behaviours.clear();
    removed();
    assertAnswer(await send(body), 200, RECEIVED);
    assert.deepEqual(removed(), ['RemoveParticipant user-456']);
    assert.doesNotMatch(running.endpoint.log.join('\n'), /hunter2|127\.0\.0\.1|eyJ/);
  });

  test('while tables are missing no participant is removed', async () => {
    await kick('user-456');
    for (const table of ['VoiceKick', 'VoiceLock'])
      await running.endpoint.sql(`ALTER TABLE "${table}" RENAME TO "No${table}"`);
    await assertStays('user-456');
    for (const table of ['VoiceKick', 'VoiceLock'])
      await running.endpoint.sql(`ALTER TABLE "No${table}" RENAME TO "${table}"`);
    await assertRemoved('user-456');
  });
});

describe('a store', () => {
  let broken: Endpoint;
  before(async () => {
    broken = await startEndpoint({ entry: supportScript('store-worker.ts'), migrate: false, demo: false });
  });
  after(() => broken.stop());
  const joined = (fault: Asking['fault'] = {}) =>
    webhooks(() => broken)(moved('joined', 'any-channel', 'a'), { fault: { presence: 'rightly', ...fault } });

  test('that does not answer is 503, so that LiveKit repeats the event', async () => {
    assertAnswer(await joined({ moderation: 'rightly' }), 200, RECEIVED);
    for (const store of ['never', 'with an exception', 'with null', 'with an empty object']) {
      assertError(await joined({ moderation: 'rightly', store }), UNAVAILABLE, store);
    }
    const unknown = { userId: null, role: null, banned: null };
    const asked = { moderation: 'rightly', row: unknown };
    assertAnswer(await joined({ ...asked, moderated: [] }), 200, RECEIVED);
    for (const moderated of [null, 1, 'user-456', {}, [1], [null], [['a']]]) {
      const answer = await joined({ ...asked, moderated });
      if (moderated === null) assertAnswer(answer, 200, RECEIVED, 'no holders');
      else assertError(answer, UNAVAILABLE, JSON.stringify(moderated));
    }
    for (const moderation of ['never', 'with a rejection', 'with a circle', 'with a proxy that throws']) {
      assertError(await joined({ ...asked, moderation }), UNAVAILABLE, moderation);
    }
  });

  test('without kicks is not asked', async () => {
    assertAnswer(await joined({ store: 'with an exception' }), 200, RECEIVED);
  });
});
