/** The kind of a room, and the rooms of a user: by presence, and by tokens that the user got for another identity. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { Engine } from '../support/store-engines.ts';

const NOW = Math.floor(Date.now() / 1000);
/** Ids that a careless query would treat as SQL, or confuse with each other. */
const ODD_IDS = [`' OR '1'='1`, '"', '\\', '%', '_', '$1', '?1', '', ' ', 'é', 'e\u0301', 'İ', '😀', '\ufffd'];

export function roomsCases(engine: () => Engine): void {
  const join = (room: string, identity: string, isPresent = 1, start = 'now') =>
    engine().database.insert('VoicePresence', {
      roomSid: `RM_${room}_${start}`,
      participantSid: `PA_${identity}`,
      room,
      identity,
      name: '',
      isPresent,
      joinedAt: NOW,
      changedAt: NOW,
    });
  const hold = (room: string, identity: string, userId: string, issuedAt = NOW) =>
    engine().database.insert('VoiceIdentity', { room, identity, userId, issuedAt });
  const rooms = async (userId: string, limit = 100) =>
    (await engine().store.roomsOfUser(userId, limit)).map(({ room, identity }) => `${room} ${identity}`);

  afterEach(async () => {
    for (const table of ['VoicePresence', 'VoiceIdentity']) await engine().database.delete(table);
  });

  describe('the kind of a room', () => {
    test('is a channel, a group, or neither, by its exact id', async () => {
      const { store, database } = engine();
      assert.equal(await store.roomKind('channel-abc123'), 'channel');
      assert.equal(await store.roomKind('channel-private-1'), 'channel');
      assert.equal(await store.roomKind('dm-group-1'), 'group');
      for (const room of ['CHANNEL-ABC123', 'Dm-group-1', 'channel-unknown', ...ODD_IDS]) {
        assert.equal(await store.roomKind(room), null, room);
      }
      await database.insert('DirectMessageGroupMember', { groupId: 'channel-abc123', userId: 'user-456' });
      assert.equal(await store.roomKind('channel-abc123'), 'channel', 'if a channel and a group have the id');
      await database.delete('DirectMessageGroupMember', { groupId: 'channel-abc123' });
    });
  });

  describe('the rooms of a user', () => {
    test('are the rooms in which the user is present', async () => {
      assert.deepEqual(await rooms('user-456'), []);
      await join('b', 'user-456');
      await join('a', 'user-456');
      await join('a', 'user-456', 1, 'before');
      await join('c', 'user-456', 0);
      await join('d', 'user-789');
      await join('e', 'USER-456');
      assert.deepEqual(await rooms('user-456'), ['a user-456', 'b user-456']);
    });

    test('are also those for which the user got a token with another identity, present or not', async () => {
      await hold('b', 'guest', 'user-456', NOW - 9);
      await hold('a', 'guest', 'user-456', NOW - 5);
      await hold('a', 'visitor', 'user-456', NOW - 7);
      await hold('c', 'guest', 'user-789');
      await join('a', 'visitor');
      await join('c', 'user-456');
      assert.deepEqual(await rooms('user-456'), ['a visitor', 'c user-456', 'a guest', 'b guest']);
    });

    test('are limited: first those in which the user is present, then the latest others', async () => {
      for (let at = 0; at < 5; at++) await hold(`held-${at}`, 'guest', 'user-456', NOW - at);
      for (let at = 0; at < 2; at++) await join(`room-${at}`, 'user-456');
      assert.deepEqual(await rooms('user-456', 1), ['room-0 user-456']);
      const some = ['room-0 user-456', 'room-1 user-456', 'held-0 guest', 'held-1 guest'];
      assert.deepEqual(await rooms('user-456', 4), some);
      assert.equal((await rooms('user-456', 7)).length, 7);
    });

    test('are those of the exact id', async () => {
      for (const id of ODD_IDS) {
        if (id !== '') await join('odd', id);
        await hold(`held by ${id}`, 'guest', id);
      }
      for (const id of ODD_IDS) {
        const expected = [...(id === '' ? [] : [`odd ${id}`]), `held by ${id} guest`];
        assert.deepEqual(await rooms(id), expected, JSON.stringify(id));
      }
    });
  });
}
