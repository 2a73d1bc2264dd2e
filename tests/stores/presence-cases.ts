/** Who is in a room: joining, leaving, the room's end, the moderator's mute, and what is forgotten when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRoom } from '../support/presence-room.ts';
import type { Engine } from '../support/store-engines.ts';

const DAY = 24 * 60 * 60;
const NOW = Math.floor(Date.now() / 1000);

export function presenceCases(engine: () => Engine): void {
  const opened = () => newRoom(engine().store);

  test('joining and leaving', async () => {
    const room = opened();
    assert.equal(await room.listed(), '');
    await room.tell({ change: 'joined', at: 20, sid: 'b1' }, { change: 'joined', at: 10, sid: 'c1' });
    await room.tell({ change: 'joined', at: 20, sid: 'a1' });
    assert.equal(await room.listed(), 'c@10 a@20 b@20', 'in the order of joining, then of identity');
    assert.equal((await room.present())[0]?.name, "c's name");
    await room.tell({ change: 'left', at: 30, sid: 'c1' });
    assert.equal(await room.listed(), 'a@20 b@20');
    await room.tell({ change: 'joined', at: 40, sid: 'c1' });
    assert.equal(await room.listed(), 'a@20 b@20 c@40', 'and again');
    assert.equal(await opened().listed(), '', 'nobody in another room');
  });

  test('the later event counts, a leaving before a joining of the same second', async () => {
    const room = opened();
    await room.tell({ change: 'left', at: 10, sid: 'a1' }, { change: 'joined', at: 9, sid: 'a1' });
    assert.equal(await room.listed(), '', 'a joining that comes late');
    await room.tell({ change: 'joined', at: 10, sid: 'a1' });
    assert.equal(await room.listed(), '', 'of the same second');
    await room.tell({ change: 'joined', at: 11, sid: 'a1' }, { change: 'left', at: 10, sid: 'a1' });
    assert.equal(await room.listed(), 'a@11', 'a leaving that comes late');
    await room.tell({ change: 'left', at: 11, sid: 'a1' });
    assert.equal(await room.listed(), '');
  });

  test('somebody who joins twice is listed once, with the latest joining', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1', name: 'old' }, { change: 'joined', at: 11, sid: 'b1' });
    await room.tell({ change: 'joined', at: 12, sid: 'a2', name: 'new' });
    assert.equal(await room.listed(), 'b@11 a@12');
    assert.equal((await room.present())[1]?.name, 'new');
    await room.tell({ change: 'left', at: 13, sid: 'a1' });
    assert.equal(await room.listed(), 'b@11 a@12', 'the former connection ends');
    await room.tell({ change: 'left', at: 14, sid: 'a2' });
    assert.equal(await room.listed(), 'b@11');
  });

  test('nobody is in a room that has ended, and it may start again', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 11, sid: 'b1' });
    await room.tell({ change: 'joined', at: 12, sid: 'c1', start: '2' }, { change: 'ended', at: 12 });
    assert.equal(await room.listed(), 'c@12', 'the other start of it goes on');
    await room.tell({ change: 'joined', at: 50, sid: 'a1' }, { change: 'joined', at: 50, sid: 'd1' });
    assert.equal(await room.listed(), 'c@12', 'nobody joins afterwards');
    await room.tell({ change: 'joined', at: 100, sid: 'a1', start: '2' });
    assert.equal(await room.listed(), 'c@12 a@100', 'the same sid in another start');
    await room.tell({ change: 'ended', at: 101, start: '2' }, { change: 'ended', at: 101, start: '2' });
    assert.equal(await room.listed(), '');
  });

  test('nobody stays in a start whose end was lost, once the room has started again', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1' }, { change: 'joined', at: 15, sid: 'b1' });
    await room.tell({ change: 'joined', at: 70, sid: 'c1', start: '2' });
    assert.equal(await room.listed(), 'a@10 b@15 c@70', 'clocks may differ by a minute');
    const other = opened();
    await other.tell({ change: 'joined', at: 1000, sid: 'd1', start: '2' });
    assert.equal(await room.listed(), 'a@10 b@15 c@70', "another room's start");
    await room.tell({ change: 'left', at: 71, sid: 'c1', start: '2' });
    assert.equal(await room.listed(), 'b@15', 'a leaving says that it has started, too');
    await room.tell({ change: 'joined', at: 100, sid: 'd1', start: '2' });
    assert.equal(await room.listed(), 'd@100');
    await room.tell({ change: 'joined', at: 20, sid: 'e1' }, { change: 'left', at: 12, sid: 'a1' });
    assert.equal(await room.listed(), 'd@100', 'what comes late changes nothing');
    await room.tell({ change: 'joined', at: 5000, sid: 'f1', start: '2' });
    assert.equal(await room.listed(), 'd@100 f@5000', 'within one start nobody goes');
    await room.tell(
      { change: 'left', at: 5001, sid: 'f1', start: '2' },
      { change: 'left', at: 5002, sid: 'd1', start: '2' },
    );
    assert.equal(await room.listed(), '', 'and nobody comes back');
  });

  test('an event is applied once', async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' }, { change: 'joined', at: 10, sid: 'a1', id: 'x' });
    await room.tell({ change: 'left', at: 99, sid: 'a1', id: 'x' }, { change: 'ended', at: 99, id: 'x' });
    assert.equal(await room.listed(), 'a@10');
  });

  test('a mute is for who is there, and for this connection', async () => {
    const room = opened();
    await room.mute('a');
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' }, { change: 'joined', at: 11, sid: 'b1' });
    assert.equal(await room.listed(), 'a@10 b@11', 'of somebody who was not there it is none');
    await room.mute('a');
    assert.equal(await room.listed(), 'a@10! b@11');
    await room.tell({ change: 'joined', at: 10, sid: 'a1', id: 'x' }, { change: 'joined', at: 10, sid: 'a1' });
    await room.tell({ change: 'joined', at: 12, sid: 'a1' }, { change: 'left', at: 9, sid: 'a1' });
    assert.equal(await room.listed(), 'b@11 a@12!', 'it survives whatever comes again');
    await room.mute('a', false);
    assert.equal(await room.listed(), 'b@11 a@12');
    await room.mute('a');
    await room.tell({ change: 'left', at: 13, sid: 'a1' }, { change: 'joined', at: 14, sid: 'a2' });
    assert.equal(await room.listed(), 'b@11 a@14', 'another connection starts without');
    const other = opened();
    await other.tell({ change: 'joined', at: 1, sid: 'a1' });
    await room.mute('a');
    assert.equal(await other.listed(), 'a@1', "another room's");
  });

  test('odd names and identities are kept as they are', async () => {
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

  test("a large time is a number's worth", async () => {
    const room = opened();
    await room.tell({ change: 'joined', at: 2 ** 40, sid: 'a1' });
    assert.equal(await room.listed(), `a@${2 ** 40}`);
  });

  test('what is older than a day is forgotten when a room ends', async () => {
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
    assert.equal(await stays.listed(), `a@${old}`, 'who is there stays');
    assert.equal(await ghost.listed(), '', 'whoever was in an ended room does not come back');
    await gone.tell(later);
    assert.equal(await gone.listed(), `a@${old - 1}`, 'the event and the leaving are forgotten');
    await ghost.tell({ change: 'joined', at: old, sid: 'a1' });
    assert.equal(await ghost.listed(), `a@${old}`, 'and so is the end');
  });

  test('what is younger is not, whatever the time on the event that ends the room', async () => {
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
