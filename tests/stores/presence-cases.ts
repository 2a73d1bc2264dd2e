/** Presence in a room: joining, leaving, the end of the room, the moderator's mute, and removal of old rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRoom } from '../support/presence-room.ts';
import type { Engine } from '../support/store-engines.ts';

const DAY = 24 * 60 * 60;
const NOW = Math.floor(Date.now() / 1000);

export function presenceCases(engine: () => Engine): void {
  const opened = () => newRoom(engine().store);

  test('a join adds a participant, and a leave removes the participant', async () => {
    const room = opened();
    assert.equal(await room.listed(), '');
    await room.tell({ change: 'joined', at: 20, sid: 'b1' }, { change: 'joined', at: 10, sid: 'c1' });
    await room.tell({ change: 'joined', at: 20, sid: 'a1' });
    assert.equal(await room.listed(), 'c@10 a@20 b@20', 'in the order of joining, then of identity');
    assert.equal((await room.present())[0]?.name, "c's name");
    await room.tell({ change: 'left', at: 30, sid: 'c1' });
    assert.equal(await room.listed(), 'a@20 b@20');
    await room.tell({ change: 'joined', at: 40, sid: 'c1' });
    assert.equal(await room.listed(), 'a@20 b@20 c@40', 'after joining again');
    assert.equal(await opened().listed(), '', 'no participant in another room');
  });

  test('the later event counts; in the same second a join counts after a leave', async () => {
    const room = opened();
    await room.tell({ change: 'left', at: 10, sid: 'a1' }, { change: 'joined', at: 9, sid: 'a1' });
    assert.equal(await room.listed(), '', 'a late join');
    await room.tell({ change: 'joined', at: 10, sid: 'a1' });
    assert.equal(await room.listed(), '', 'a late join of the same second');
    await room.tell({ change: 'joined', at: 11, sid: 'a1' }, { change: 'left', at: 10, sid: 'a1' });
    assert.equal(await room.listed(), 'a@11', 'a late leave');
    await room.tell({ change: 'left', at: 11, sid: 'a1' });
    assert.equal(await room.listed(), '');
  });

  test('a participant who joins twice is listed once, with the latest join', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1', name: 'old' }, { change: 'joined', at: 11, sid: 'b1' });
    await room.tell({ change: 'joined', at: 12, sid: 'a2', name: 'new' });
    assert.equal(await room.listed(), 'b@11 a@12');
    assert.equal((await room.present())[1]?.name, 'new');
    await room.tell({ change: 'left', at: 13, sid: 'a1' });
    assert.equal(await room.listed(), 'b@11 a@12', 'the earlier connection ends');
    await room.tell({ change: 'left', at: 14, sid: 'a2' });
    assert.equal(await room.listed(), 'b@11');
  });

  test('agents are marked', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1', isAgent: true }, { change: 'joined', at: 11, sid: 'b1' });
    await room.tell({ change: 'joined', at: 12, sid: 'c1', isAgent: false });
    assert.equal(await room.listed(), 'a@10* b@11 c@12');
    await room.tell({ change: 'left', at: 13, sid: 'a1', isAgent: true });
    assert.equal(await room.listed(), 'b@11 c@12');
  });

  test('a room that has ended is empty, and it may start again', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 11, sid: 'b1' });
    await room.tell({ change: 'joined', at: 12, sid: 'c1', start: '2' }, { change: 'ended', at: 12 });
    assert.equal(await room.listed(), 'c@12', 'another start of the room continues');
    await room.tell({ change: 'joined', at: 50, sid: 'a1' }, { change: 'joined', at: 50, sid: 'd1' });
    assert.equal(await room.listed(), 'c@12', 'a late join adds no participant');
    await room.tell({ change: 'joined', at: 100, sid: 'a1', start: '2' });
    assert.equal(await room.listed(), 'c@12 a@100', 'the same sid in another start');
    await room.tell({ change: 'ended', at: 101, start: '2' }, { change: 'ended', at: 101, start: '2' });
    assert.equal(await room.listed(), '');
  });

  test('if the end of a start was lost, its participants are removed when the room has started again', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 15, sid: 'b1' });
    await room.tell({ change: 'joined', at: 70, sid: 'c1', start: '2' });
    assert.equal(await room.listed(), 'a@10 b@15 c@70', 'clocks may differ by a minute');
    const other = opened();
    await other.tell({ change: 'joined', at: 1000, sid: 'd1', start: '2' });
    assert.equal(await room.listed(), 'a@10 b@15 c@70', "another room's start");
    await room.tell({ change: 'left', at: 71, sid: 'c1', start: '2' });
    assert.equal(await room.listed(), 'b@15', 'a leave also shows that the room has started');
    await room.tell({ change: 'joined', at: 100, sid: 'd1', start: '2' });
    assert.equal(await room.listed(), 'd@100');
    await room.tell({ change: 'joined', at: 20, sid: 'e1' }, { change: 'left', at: 12, sid: 'a1' });
    assert.equal(await room.listed(), 'd@100', 'a late event changes nothing');
    await room.tell({ change: 'joined', at: 5000, sid: 'f1', start: '2' });
    assert.equal(await room.listed(), 'd@100 f@5000', 'within one start every participant stays');
    await room.tell(
      { change: 'left', at: 5001, sid: 'f1', start: '2' },
      { change: 'left', at: 5002, sid: 'd1', start: '2' },
    );
    assert.equal(await room.listed(), '', 'no participant is added again');
  });

  test('an event is applied once', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' }, { change: 'joined', at: 10, sid: 'a1', id: 'x' });
    await room.tell({ change: 'left', at: 99, sid: 'a1', id: 'x' }, { change: 'ended', at: 99, id: 'x' });
    assert.equal(await room.listed(), 'a@10');
  });

  test('a mute is stored for a participant in the room, and for this connection', async () => {
    const room = opened();
    await room.mute('a1');
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' }, { change: 'joined', at: 11, sid: 'b1' });
    assert.equal(await room.listed(), 'a@10 b@11', 'a mute of an absent participant is ignored');
    await room.mute('a1');
    assert.equal(await room.listed(), 'a@10! b@11');
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' }, { change: 'joined', at: 10, sid: 'a1' });
    await room.tell({ change: 'joined', at: 12, sid: 'a1' }, { change: 'left', at: 9, sid: 'a1' });
    assert.equal(await room.listed(), 'b@11 a@12!', 'repeated events do not change it');
    await room.mute('a1', false);
    assert.equal(await room.listed(), 'b@11 a@12');
    await room.mute('a1');
    await room.tell({ change: 'left', at: 13, sid: 'a1' }, { change: 'joined', at: 14, sid: 'a2' });
    assert.equal(await room.listed(), 'b@11 a@14', 'another connection starts unmuted');
    const other = opened();
    await other.tell({ change: 'joined', at: 1, sid: 'a1' });
    await room.mute('a2');
    assert.equal(await other.listed(), 'a@1', 'a mute in another room');
  });

  test('a mute is stored for the connection that was muted, even if others have joined since', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' });
    await room.tell({ change: 'left', at: 11, sid: 'a1' }, { change: 'joined', at: 12, sid: 'a2' });
    await room.mute('a1');
    assert.equal(await room.listed(), 'a@12', 'the mute was of the earlier connection');
    await room.tell({ change: 'joined', at: 13, sid: 'a3' });
    await room.mute('a2');
    assert.equal(await room.listed(), 'a@13', 'the mute is not of a later concurrent connection');
    await room.mute('a3');
    assert.equal(await room.listed(), 'a@13!');
  });

  test('of a mute and an unmute the later request counts, whichever is stored first', async () => {
    const room = opened();
    const now = Date.now();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 10, sid: 'b1' });
    await room.mute('a1', false, now + 5);
    await room.mute('a1', true, now);
    assert.equal(await room.listed(), 'a@10 b@10', 'a slow mute');
    await room.mute('a1', true, now + 6);
    await room.mute('a1', false, now + 4);
    assert.equal(await room.listed(), 'a@10! b@10', 'a slow unmute');
    await room.mute('a1', false, now + 6);
    assert.equal(await room.listed(), 'a@10 b@10', 'in the same millisecond the one that is stored later');
    await room.mute('b1', true, now - 1);
    assert.equal(await room.listed(), 'a@10 b@10!', "another's");
  });

  test('a page has the next participants in the order of joining, then of identity', async () => {
    const room = opened();
    for (const [at, sid] of [
      [30, 'd1'],
      [10, 'c1'],
      [20, 'b1'],
      [20, 'a1'],
      [20, 'é1'],
      [15, 'd0'],
    ] as const) {
      await room.tell({ change: 'joined', at, sid });
    }
    const page = async (after: { joinedAt: number; identity: string } | null, limit: number) =>
      (await engine().store.presence(room.name, { after, limit })).map(({ identity }) => identity).join('');
    assert.equal(await page(null, 2), 'ca', 'a participant who joined twice is in the place of the latest join');
    assert.equal(await page({ joinedAt: 20, identity: 'a' }, 2), 'bé');
    assert.equal(await page({ joinedAt: 20, identity: 'é' }, 2), 'd');
    assert.equal(await page({ joinedAt: 30, identity: 'd' }, 2), '');
    assert.equal(await page({ joinedAt: 20, identity: 'aa' }, 10), 'béd', 'after a participant who has left since');
    assert.equal(await page(null, 0), '');
  });

  test('without a limit, a page has a thousand participants', async () => {
    const { database, store } = engine();
    const room = opened();
    const row = { roomSid: `RM_${room.name}`, room: room.name, name: '', isPresent: 1, changedAt: 10, joinedAt: 10 };
    const identities = Array.from({ length: 1001 }, (_, at) => `${10_000 + at}`);
    const rows = identities.map((identity) => ({ ...row, participantSid: `PA_${identity}`, identity }));
    await database.insert('VoicePresence', ...rows);
    const listed = await store.presence(room.name);
    assert.deepEqual(
      listed.map(({ identity }) => identity),
      identities.slice(0, 1000),
    );
    await database.delete('VoicePresence', { room: room.name });
  });

  test('unusual names and identities are stored unchanged', async () => {
    const room = opened();
    const odd = [`'; DROP TABLE "VoicePresence"; --`, '😀\u202e', '', 'e\u0301', 'é', '\\', '{"a":1}', '\u{10ffff}'];
    for (const [at, text] of odd.entries()) {
      await room.tell({ change: 'joined', at, sid: `${at}`, identity: `i${text}`, name: text });
    }
    const present = await room.present();
    assert.deepEqual(
      present.map(({ identity, name }) => [identity, name]),
      odd.map((text) => [`i${text}`, text]),
    );
  });

  test('a large time is stored exactly', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 2 ** 40, sid: 'a1' });
    assert.equal(await room.listed(), `a@${2 ** 40}`);
  });

  test('rows that are older than a day are removed when a room ends', async () => {
    const { database } = engine();
    const old = NOW - 2 * DAY;
    const room = opened();
    const [gone, ghost, stays] = [opened(), opened(), opened()];
    await gone.tell({ change: 'left', at: old, sid: 'a1', id: 'x' });
    await ghost.tell({ change: 'ended', at: old }, { change: 'joined', at: old, sid: 'a1' });
    await stays.tell({ change: 'joined', at: old, sid: 'a1' });
    const later = { change: 'joined', at: old - 1, sid: 'a1', id: 'x' } as const;
    await gone.tell(later);
    assert.equal(await gone.listed(), '', 'not yet');
    await database.update('WebhookEvent', { receivedAt: old }, { id: gone.event(later).eventId });
    await room.tell({ change: 'ended', at: NOW });
    assert.equal(await stays.listed(), `a@${old}`, 'present participants stay');
    assert.equal(await ghost.listed(), '', 'a participant of an ended room is not added again');
    await gone.tell(later);
    assert.equal(await gone.listed(), `a@${old - 1}`, 'the event and the leave are removed');
    await ghost.tell({ change: 'joined', at: old, sid: 'a1' });
    assert.equal(await ghost.listed(), `a@${old}`, 'the end is removed too');
  });

  test('joins and leaves remove rows that are older than a day, some at a time', async () => {
    const { database } = engine();
    const room = opened();
    const sids = Array.from({ length: 150 }, (_, at) => `PA_old_${at}`);
    const row = { roomSid: `RM_${room.name}_1`, room: `old-${room.name}`, identity: 'i', name: '', isPresent: 0 };
    for (const participantSid of sids) {
      await database.insert('VoicePresence', { ...row, participantSid, changedAt: NOW - 2 * DAY });
      await database.insert('WebhookEvent', { id: participantSid, receivedAt: NOW - 2 * DAY });
    }
    const joined = (sid: string) => ({ change: 'joined', at: NOW, sid, start: 'now' }) as const;
    for (const sid of ['a1', 'b1', 'c1']) await room.tell(joined(sid));
    assert.equal(await room.listed(), `a@${NOW} b@${NOW} c@${NOW}`);
    const known = room.event({ change: 'joined', at: NOW, sid: 'd1', start: 'now' });
    await engine().store.applyPresence({ ...known, eventId: 'PA_old_0' });
    assert.equal((await room.present()).length, 4, 'an event that was removed is applied again');
    assert.equal(await database.count('VoicePresence', { room: row.room }), 0);
  });

  test('younger rows are kept, whatever time the event of the end has', async () => {
    for (const at of [NOW, NOW + 3650 * DAY, 10]) {
      const [room, gone, ended] = [opened(), opened(), opened()];
      await gone.tell({ change: 'left', at: NOW - DAY / 2, sid: 'a1', id: 'x' });
      await ended.tell({ change: 'ended', at: NOW - DAY / 2 });
      await room.tell({ change: 'ended', at });
      await gone.tell({ change: 'joined', at: NOW, sid: 'a1', id: 'x' }, { change: 'joined', at: 9, sid: 'a1' });
      await ended.tell({ change: 'joined', at: NOW, sid: 'a1' });
      assert.equal(`${await gone.listed()}${await ended.listed()}`, '');
    }
  });
}
