/** Kicks, locks and stored identities: the later end of a kick counts, and a kick applies to every holder. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { FactsQuestion, KickChange } from 'livekit-edge/server';
import type { Engine } from '../support/store-engines.ts';

const NOW = Math.floor(Date.now() / 1000);
const DAY = 24 * 60 * 60;
const CHANNEL = 'channel-abc123';
const HELD_SINCE = NOW - DAY;

export function moderationCases(engine: () => Engine): void {
  const kick = (identity: string, until: number, change: Partial<KickChange> = {}) =>
    engine().store.kick({
      channelId: CHANNEL,
      identity,
      until,
      byUserId: 'user-mod',
      createdAt: NOW,
      heldSince: HELD_SINCE,
      ...change,
    });
  const lock = (isLocked: boolean, changedAt: number, channelId = CHANNEL) =>
    engine().store.setLocked({ channelId, isLocked, byUserId: 'user-mod', changedAt });
  const hold = (identity: string, userId: string, issuedAt = NOW, room = CHANNEL) =>
    engine().store.addHolder({ room, identity, userId, issuedAt, heldSince: HELD_SINCE });
  const holders = (identity: string, heldSince = HELD_SINCE, room = CHANNEL) =>
    engine().store.holders({ room, identity, heldSince });
  const facts = async (userId: string, identity: string | null = null, channelId = CHANNEL) => {
    const question: FactsQuestion = { userId, tokenId: null, channelId, groupId: null, identity };
    const { kickedUntil, identityKickedUntil, lockedAt } = await engine().store.facts(question);
    return { kickedUntil, identityKickedUntil, lockedAt };
  };
  const NONE = { kickedUntil: null, identityKickedUntil: null, lockedAt: null };

  afterEach(async () => {
    for (const table of ['VoiceKick', 'VoiceLock', 'VoiceIdentity']) await engine().database.delete(table);
  });

  describe('kicks', () => {
    test('a kick applies to one identity in one channel, and to the user with that id', async () => {
      assert.equal(await kick('user-456', NOW + 60), NOW + 60);
      assert.deepEqual(await facts('user-456'), { ...NONE, kickedUntil: NOW + 60 });
      assert.deepEqual(await facts('user-789', 'user-456'), { ...NONE, identityKickedUntil: NOW + 60 });
      assert.deepEqual(await facts('user-789'), NONE);
      assert.deepEqual(await facts('user-456', 'user-456', 'channel-voice-123'), NONE);
    });

    test('of two kicks the later end counts, in either order, also of many concurrent ones', async () => {
      assert.equal(await kick('user-456', NOW + 60), NOW + 60);
      assert.equal(await kick('user-456', NOW + 30), NOW + 60, 'a shorter one');
      assert.equal(await kick('user-456', NOW + 90), NOW + 90, 'a longer one');
      const ends = Array.from({ length: 20 }, (_, at) => NOW + 100 + ((at * 7) % 20));
      const answers = await Promise.all(ends.map((until) => kick('user-456', until)));
      for (const [at, until] of answers.entries()) assert.ok(until >= (ends[at] ?? Number.NaN));
      assert.deepEqual(await facts('user-456'), { ...NONE, kickedUntil: NOW + 119 });
      assert.equal(await engine().database.count('VoiceKick'), 1);
    });

    test('a lifted kick ends at once, in that channel only, and may be lifted again', async () => {
      const lift = (identity: string, channelId = CHANNEL) => engine().store.liftKick({ channelId, identity });
      await lift('user-456');
      await kick('user-456', NOW + 60);
      await kick('user-789', NOW + 60);
      await kick('user-456', NOW + 60, { channelId: 'channel-voice-123' });
      for (let time = 0; time < 2; time += 1) await lift('user-456');
      assert.deepEqual(await facts('user-456', 'user-456'), NONE);
      assert.deepEqual(await facts('user-789'), { ...NONE, kickedUntil: NOW + 60 });
      const elsewhere = await facts('user-456', null, 'channel-voice-123');
      assert.deepEqual(elsewhere, { ...NONE, kickedUntil: NOW + 60 });
      assert.equal(await kick('user-456', NOW + 5), NOW + 5, 'a new kick may be shorter');
    });

    test('lifting a kick also ends the kicks of the users who were kicked with it, and no others', async () => {
      for (const user of ['user-456', 'user-789', 'user-mod']) await hold('phone', user);
      await kick('user-mod', NOW + 90);
      await kick('phone', NOW + 60);
      await kick('user-789', NOW + 120, { byUserId: 'user-owner' });
      await kick('user-stranger', NOW + 60);
      await engine().store.liftKick({ channelId: CHANNEL, identity: 'phone' });
      assert.deepEqual(await facts('user-456', 'phone'), NONE);
      for (const [user, until] of [
        ['user-mod', NOW + 90],
        ['user-789', NOW + 120],
        ['user-stranger', NOW + 60],
      ] as const) {
        assert.deepEqual(await facts(user), { ...NONE, kickedUntil: until }, user);
      }
      await kick('phone', NOW + 60);
      await engine().store.liftKick({ channelId: CHANNEL, identity: 'user-456' });
      assert.deepEqual(await facts('user-456', 'phone'), { ...NONE, identityKickedUntil: NOW + 60 });
    });

    test('lifting a kick after nine days also ends the kicks of the users who were kicked with it', async () => {
      const [kickedAt, until] = [NOW - 9 * DAY, NOW + 20 * DAY];
      await hold('phone', 'user-456', kickedAt - DAY / 2);
      await kick('phone', until, { createdAt: kickedAt, heldSince: kickedAt - DAY });
      await hold('another', 'user-789');
      assert.deepEqual(await facts('user-456'), { ...NONE, kickedUntil: until });
      await engine().store.liftKick({ channelId: CHANNEL, identity: 'phone' });
      assert.deepEqual(await facts('user-456', 'phone'), NONE);
    });

    test("an own kick that ends before the identity's is replaced by it, and ends with it", async () => {
      await hold('phone', 'user-456');
      await kick('user-456', NOW + 30);
      await kick('phone', NOW + 60);
      assert.deepEqual(await facts('user-456'), { ...NONE, kickedUntil: NOW + 60 });
      await engine().store.liftKick({ channelId: CHANNEL, identity: 'phone' });
      assert.deepEqual(await facts('user-456'), NONE);
    });

    test('concurrent kicks and lifts of one identity are all applied', async () => {
      for (const user of ['user-456', 'user-789', 'user-mod']) await hold('phone', user);
      const lifted = { channelId: CHANNEL, identity: 'phone' };
      const all = Array.from({ length: 20 }, (_, at) => [
        kick('phone', NOW + 60 + at),
        engine().store.liftKick(lifted),
      ]);
      await Promise.all(all.flat());
      await kick('phone', NOW + 600);
      await engine().store.liftKick(lifted);
      assert.deepEqual(await facts('user-456', 'phone'), NONE);
    });

    test('a kick applies to every user who holds the identity', async () => {
      await hold('guest', 'user-456');
      await hold('guest', 'user-789', NOW - 60);
      await hold('guest', 'user-timeout', HELD_SINCE - 1);
      await hold('guest', 'user-mod', NOW, 'channel-voice-123');
      await hold('another', 'user-owner');
      await kick('guest', NOW + 60);
      for (const userId of ['user-456', 'user-789']) {
        assert.deepEqual(await facts(userId), { ...NONE, kickedUntil: NOW + 60 }, userId);
      }
      for (const userId of ['user-timeout', 'user-mod', 'user-owner']) assert.deepEqual(await facts(userId), NONE);
      assert.deepEqual(await facts('user-owner', 'guest'), { ...NONE, identityKickedUntil: NOW + 60 });
      assert.equal(await engine().database.count('VoiceKick'), 3);
    });

    test('concurrent kicks of identities with the same holders do not deadlock', async () => {
      for (const identity of ['a', 'b']) for (const user of ['x', 'y', 'z']) await hold(identity, user);
      await Promise.all(Array.from({ length: 12 }, (_, at) => kick(at % 2 === 0 ? 'a' : 'b', NOW + at)));
      assert.equal(await engine().database.count('VoiceKick'), 5);
    });

    test('kicks that have ended are removed, a hundred at a time', async () => {
      for (let at = 0; at < 101; at++) await kick(`gone-${at}`, NOW - 60, { createdAt: NOW - 120 });
      await kick('user-456', NOW + 60, { channelId: 'channel-voice-123' });
      assert.equal(await engine().database.count('VoiceKick'), 2);
      await kick('user-456', NOW + 60, { channelId: 'channel-voice-123' });
      assert.equal(await engine().database.count('VoiceKick'), 1);
    });
  });

  test('a lock keeps its first time until it is removed', async () => {
    await lock(true, NOW - 60);
    await lock(true, NOW);
    assert.deepEqual(await facts('user-456'), { ...NONE, lockedAt: NOW - 60 });
    assert.deepEqual(await facts('user-456', null, 'channel-voice-123'), NONE);
    await lock(false, NOW, 'channel-voice-123');
    assert.deepEqual(await facts('user-456'), { ...NONE, lockedAt: NOW - 60 });
    for (let time = 0; time < 2; time++) await lock(false, NOW);
    assert.deepEqual(await facts('user-456'), NONE);
    await lock(true, NOW);
    assert.deepEqual(await facts('user-456'), { ...NONE, lockedAt: NOW });
  });

  describe('holders', () => {
    test('are the users who got a token since a time, the latest first', async () => {
      await hold('guest', 'user-456', NOW - 5);
      await hold('guest', 'user-789', NOW - 9);
      await hold('guest', 'user-mod', NOW - 1);
      assert.deepEqual(await holders('guest'), ['user-mod', 'user-456', 'user-789']);
      assert.deepEqual(await holders('guest', NOW - 5), ['user-mod', 'user-456']);
      assert.deepEqual(await holders('Guest'), []);
      assert.deepEqual(await holders('guest', 0, 'channel-voice-123'), []);
    });

    test('the last one remains a holder, because a participant may stay longer than a token is valid', async () => {
      await hold('guest', 'user-456', NOW - 3 * DAY);
      await hold('guest', 'user-789', NOW - 2 * DAY);
      assert.deepEqual(await holders('guest'), ['user-789']);
      await kick('guest', NOW + 60);
      assert.deepEqual(await facts('user-789'), { ...NONE, kickedUntil: NOW + 60 });
      assert.deepEqual(await facts('user-456'), NONE);
    });

    test('a token is stored once for a user, with its last time', async () => {
      for (const issuedAt of [NOW - 9, NOW, NOW - 5]) await hold('guest', 'user-456', issuedAt);
      assert.equal(await engine().database.count('VoiceIdentity', { issuedAt: NOW }), 1);
      assert.equal(await engine().database.count('VoiceIdentity'), 1);
    });

    test('at most sixteen of them are returned, and all of them are kicked', async () => {
      for (let at = 0; at < 20; at++) await hold('guest', `user-${at}`, NOW - at);
      const expected = Array.from({ length: 16 }, (_, at) => `user-${at}`);
      assert.deepEqual(await holders('guest'), expected);
      await kick('guest', NOW + 60);
      assert.equal(await engine().database.count('VoiceKick'), 21);
    });

    test('rows that are older than thirty days are removed, a hundred at a time', async () => {
      const old = HELD_SINCE - 30 * DAY - 1;
      for (let at = 0; at < 101; at++) {
        await engine().database.insert('VoiceIdentity', {
          room: CHANNEL,
          identity: `${at}`,
          userId: 'u',
          issuedAt: old,
        });
      }
      await hold('kept', 'user-456', old + 1);
      assert.equal(await engine().database.count('VoiceIdentity'), 2);
      await hold('guest', 'user-456');
      assert.equal(await engine().database.count('VoiceIdentity'), 2);
      assert.deepEqual(await holders('kept'), ['user-456']);
    });
  });

  test('ids with special characters are ids', async () => {
    for (const id of ["' OR 1=1 --", '%', '?1', '$1', '{}', 'é', '😀', 'x'.repeat(256)]) {
      await hold(id, `u${id}`, NOW, id);
      assert.equal(await kick(id, NOW + 60, { channelId: id }), NOW + 60);
      assert.deepEqual(await holders(id, HELD_SINCE, id), [`u${id}`]);
      assert.equal(await engine().database.count('VoiceKick', { channelId: id }), 2);
      await lock(true, NOW, id);
      assert.equal(await engine().database.count('VoiceLock', { channelId: id }), 1);
    }
  });
}
