/** How a store applies LiveKit's own list of the participants in a room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PresenceCorrection, StoredConnection } from 'livekit-edge/server';
import { newRoom, type Room } from '../support/presence-room.ts';
import type { Engine } from '../support/store-engines.ts';

const NOW = Math.floor(Date.now() / 1000);

export function reconciliationCases(engine: () => Engine): void {
  const opened = () => newRoom(engine().store);

  /** Corrects the presence of a room; sids are those of the room. */
  const correct = ({ name }: Room, { start = '1', missing = [], joined = [] }: Partial<Correcting>) =>
    engine().store.correctPresence(
      {
        room: name,
        roomSid: start === null ? null : `RM_${name}_${start}`,
        missing: missing.map(([sid, changedAt, at = '1']) => connection(name, sid, changedAt, at)),
        joined: joined.map(([sid, joinedAt, isAgent = false]) => ({
          sid: `PA_${name}_${sid}`,
          identity: sid.charAt(0),
          name: `${sid.charAt(0)}'s name`,
          isAgent,
          joinedAt,
        })),
      },
      NOW,
    );

  test('a comparison is reserved for ten seconds, and valid for fifty', async () => {
    const { store } = engine();
    const { name } = opened();
    const claim = (at: number) => store.claimReconciliation(name, NOW + at);
    assert.equal(await claim(0), true);
    assert.equal(await claim(0), false);
    assert.equal(await claim(9), false);
    assert.equal(await claim(10), true, 'it has not succeeded');
    const nothing: PresenceCorrection = { room: name, roomSid: null, missing: [], joined: [] };
    await store.correctPresence(nothing, NOW + 12);
    assert.equal(await claim(61), false);
    assert.equal(await claim(62), true);
    assert.equal(await store.claimReconciliation(opened().name, NOW), true, 'each room separately');
  });

  test('a time in the far future, from a wrong clock, does not prevent comparisons', async () => {
    const { store } = engine();
    const { name } = opened();
    assert.equal(await store.claimReconciliation(name, NOW + 1_000_000), true);
    assert.equal(await store.claimReconciliation(name, NOW), true);
    assert.equal(await store.claimReconciliation(name, NOW), false);
  });

  test('of concurrent callers that want to compare a room one does', async () => {
    const { store } = engine();
    const { name } = opened();
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claimReconciliation(name, NOW)));
    assert.equal(claims.filter(Boolean).length, 1);
  });

  test('connections are those that are stored as present, also several of one identity', async () => {
    const room = opened();
    const { store } = engine();
    assert.deepEqual(await store.connections(room.name), []);
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 11, sid: 'a2' });
    await room.tell({ change: 'joined', at: 12, sid: 'b1', start: '2' }, { change: 'joined', at: 13, sid: 'c1' });
    await room.tell({ change: 'left', at: 14, sid: 'c1' });
    await newRoom(store).tell({ change: 'joined', at: 10, sid: 'd1' });
    assert.deepEqual(plain(await store.connections(room.name)), [
      connection(room.name, 'a1', 10),
      connection(room.name, 'a2', 11),
      connection(room.name, 'b1', 12, '2'),
    ]);
  });

  test('unlisted participants are removed, and listed ones are added', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 11, sid: 'b1' });
    await correct(room, {
      missing: [['a1', 10]],
      joined: [
        ['c1', 12],
        ['d1', 9, true],
      ],
    });
    assert.equal(await room.listed(), 'd@9* b@11 c@12');
    await correct(room, { start: null, missing: [['b1', 11]] });
    assert.equal(await room.listed(), 'd@9* c@12');
  });

  test('a row that has changed since it was read is not changed', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 11, sid: 'a1' });
    await correct(room, { missing: [['a1', 10]] });
    assert.equal(await room.listed(), 'a@11');
  });

  test('a leave that is stored has precedence over a list', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'left', at: 11, sid: 'a1' });
    await correct(room, { joined: [['a1', 10]] });
    assert.equal(await room.listed(), '');
    await room.tell({ change: 'left', at: 20, sid: 'b1' });
    await correct(room, { joined: [['b1', 12]] });
    assert.equal(await room.listed(), '', 'even if its join was lost');
  });

  test('a repeated or late join does not add a participant who has left', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' });
    await correct(room, { missing: [['a1', 10]] });
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' }, { change: 'joined', at: 10, sid: 'a1' });
    assert.equal(await room.listed(), '', 'in the same second');
    await correct(room, { joined: [['b1', 20]] });
    await correct(room, { missing: [['b1', 20]] });
    await room.tell({ change: 'joined', at: 21, sid: 'b1' });
    assert.equal(await room.listed(), '', 'the event is a second later than the join');
  });

  test('a participant who is listed again is present, until an event reports the leave', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1', isAgent: true }, { change: 'joined', at: 10, sid: 'b1' });
    await room.mute('b1');
    await correct(room, {
      missing: [
        ['a1', 10],
        ['b1', 10],
      ],
    });
    assert.equal(await room.listed(), '');
    await room.tell({ change: 'left', at: 10, sid: 'a1' });
    await correct(room, {
      joined: [
        ['a1', 10],
        ['b1', 10],
      ],
    });
    assert.equal(await room.listed(), 'b@10!', 'the mute belongs to the connection');
    await room.tell({ change: 'left', at: 12, sid: 'b1' });
    await correct(room, { joined: [['b1', 10]] });
    assert.equal(await room.listed(), '');
  });

  test('no participant joins a start that has ended', async () => {
    const room = opened();
    await room.tell({ change: 'ended', at: 20 });
    await correct(room, { joined: [['a1', 10]] });
    await correct(room, { start: '2', joined: [['b1', 21]] });
    assert.equal(await room.listed(), 'b@21');
  });

  test('late events of a start before the listed one change nothing', async () => {
    const room = opened();
    await correct(room, { start: '2', joined: [['a1', 1000]] });
    await room.tell({ change: 'joined', at: 900, sid: 'b1' });
    assert.equal(await room.listed(), 'a@1000');
    await room.tell({ change: 'joined', at: 1001, sid: 'a1', start: '2' });
    assert.equal(await room.listed(), 'a@1001', 'the event of its join is not lost either');
  });

  test('a repeated or concurrent correction has the same result as one', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 11, sid: 'b1' });
    const correction = {
      missing: [['a1', 10]],
      joined: [
        ['c1', 12],
        ['d1', 13],
      ],
    } satisfies Partial<Correcting>;
    await Promise.all([correct(room, correction), correct(room, correction), correct(room, correction)]);
    await correct(room, correction);
    assert.equal(await room.listed(), 'b@11 c@12 d@13');
  });

  test('concurrent corrections and events do not deadlock, and none is lost', async () => {
    const rooms = Array.from({ length: 5 }, opened);
    await Promise.all(
      rooms.flatMap((room) => [
        ...Array.from({ length: 6 }, (_, at) => room.tell({ change: 'joined', at, sid: `${at}x` })),
        correct(room, {
          missing: [['a1', 1]],
          joined: [
            ['b1', 7],
            ['c1', 8],
            ['0x', 0],
            ['1x', 0],
          ],
        }),
        correct(room, { missing: [['b1', 7]], joined: [['d1', 9]] }),
        room.tell({ change: 'joined', at: 9, sid: 'e1' }),
      ]),
    );
    for (const room of rooms) {
      const present = (await room.present()).map(({ identity }) => identity).filter((identity) => identity !== 'b');
      assert.deepEqual(present, ['0', '1', '2', '3', '4', '5', 'c', 'd', 'e']);
    }
  });

  test('a correction of thousands of participants works', async () => {
    const room = opened();
    const { store } = engine();
    const sids = Array.from({ length: 3000 }, (_, at) => `${'abc'.charAt(at % 3)}${at}`);
    for (let from = 0; from < sids.length; from += 1000) {
      await correct(room, { joined: sids.slice(from, from + 1000).map((sid) => [sid, 10] as const) });
    }
    const stored = await store.connections(room.name);
    assert.equal(stored.length, 3000);
    const missing = stored.slice(1);
    await store.correctPresence({ room: room.name, roomSid: null, missing, joined: [] }, NOW);
    assert.equal((await store.connections(room.name)).length, 1);
  });

  test('rooms with presence are due, starting with the room whose last comparison is oldest', async () => {
    const { store, database } = engine();
    await database.delete('VoicePresence');
    await database.delete('VoiceReconciliation');
    const rooms = Array.from({ length: 5 }, opened);
    for (const room of rooms) {
      await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 11, sid: 'b1' });
    }
    const [first, second, third, fourth, fifth] = rooms as [Room, Room, Room, Room, Room];
    const names = (...which: Room[]) => which.map(({ name }) => name);
    const nothing = { roomSid: null, missing: [], joined: [] };
    await store.correctPresence({ ...nothing, room: first.name }, NOW - 60);
    await store.correctPresence({ ...nothing, room: second.name }, NOW - 90);
    await store.correctPresence({ ...nothing, room: third.name }, NOW - 49);
    await fourth.tell({ change: 'ended', at: 12 });
    await store.correctPresence({ ...nothing, room: fourth.name }, NOW - 99);
    assert.deepEqual(await store.roomsToReconcile([], NOW, 10), names(fifth, second, first));
    assert.deepEqual(await store.roomsToReconcile([], NOW, 2), names(fifth, second));
    assert.deepEqual(await store.roomsToReconcile([], NOW + 1, 10), names(fifth, second, first, third));
    const running = ['unseen', fourth.name, fifth.name, `${third.name}'"`];
    assert.deepEqual(
      new Set(await store.roomsToReconcile(running, NOW, 10)),
      new Set([...running, second.name, first.name]),
      'running rooms without presence are due too',
    );
    await store.correctPresence({ ...nothing, room: 'unseen' }, NOW);
    assert.equal((await store.roomsToReconcile(running, NOW, 10)).includes('unseen'), false);
  });

  test('comparisons that are older than a day are removed', async () => {
    const { store, database } = engine();
    const [old, recent] = [opened(), opened()];
    const nothing = { roomSid: null, missing: [], joined: [] };
    await store.correctPresence({ ...nothing, room: old.name }, NOW - 2 * 24 * 60 * 60);
    await store.correctPresence({ ...nothing, room: recent.name }, NOW - 60 * 60);
    await correct(opened(), { joined: [['a1', 10]] });
    assert.equal(await database.count('VoiceReconciliation', { room: old.name }), 0);
    assert.equal(await database.count('VoiceReconciliation', { room: recent.name }), 1);
  });
}

/** A correction in short form. */
interface Correcting {
  /** The running start; by default the first, `null` for none. */
  start: string | null;
  missing: readonly (readonly [sid: string, changedAt: number, start?: string])[];
  joined: readonly (readonly [sid: string, joinedAt: number, isAgent?: boolean])[];
}

const connection = (room: string, sid: string, changedAt: number, start = '1'): StoredConnection => ({
  roomSid: `RM_${room}_${start}`,
  participantSid: `PA_${room}_${sid}`,
  changedAt,
});

/** Rows of SQLite have no prototype. */
const plain = (connections: readonly StoredConnection[]) => connections.map((row) => ({ ...row }));
