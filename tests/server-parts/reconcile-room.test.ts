/** Comparing the presence of one room with LiveKit's own list: concurrent events, and failures of LiveKit. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { PresenceChange, Store } from 'livekit-edge/server';
import { RoomService } from 'livekit-edge/server';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { createLog } from '../../pkg/dist/server/log.js';
import { type Outcome, reconcileRoom } from '../../pkg/dist/server/presence/reconcile-room.js';
import { createRules } from '../../pkg/dist/server/rules.js';
import { type ListedRooms, listedParticipant, listRoomsOn } from '../support/listed-rooms.ts';
import { type FakeLivekit, json, startFakeLivekit } from './fake-livekit.ts';
import { MISBEHAVIOURS } from './misbehaviours.ts';

const AT = 1_760_000_000;

const service = createRules({});
const store = sqliteStore(':memory:') as ReturnType<typeof sqliteStore> & Required<Store>;
let livekit: FakeLivekit;
let listed: { rooms: ListedRooms; behave: () => void };
/** Runs after LiveKit has made its list, and before it responds. */
let meanwhile: () => Promise<void> = async () => {};
before(async () => {
  livekit = await startFakeLivekit();
  listed = listRoomsOn(livekit, () => meanwhile());
});
after(async () => {
  await livekit.stop();
  store.close();
  service.dispose();
});

let count = 0;
let ROOM = '';
const changed: string[] = [];
beforeEach(() => {
  count += 1;
  ROOM = `room-${count}`;
  meanwhile = async () => {};
  listed.behave();
  livekit.calls.length = 0;
  changed.length = 0;
});

const rooms = () => new RoomService({ url: livekit.url, adminToken: () => 'a.b.c', listRoomsToken: () => 'd.e.f' });

const reconcile = (its: Store = { ...store, claimReconciliation: async () => true }, room = ROOM): Promise<Outcome> =>
  reconcileRoom(
    {
      service,
      store: () => its,
      rooms: rooms(),
      log: createLog('warn'),
      presenceChanged: async (room) => void changed.push(room),
    },
    room,
  );

let events = 0;
const tell = (change: PresenceChange['change'], sid: string | null, at = 0, start = '1') =>
  store.applyPresence({
    eventId: `EV_${++events}`,
    createdAt: AT + at,
    change,
    room: ROOM,
    roomSid: `RM_${ROOM}_${start}`,
    participant: sid === null ? null : { sid: `PA_${ROOM}_${sid}`, identity: sid.charAt(0), name: '' },
  });

/** Sets the participants in LiveKit's list. */
const runs = (sids: readonly string[], changes: Record<string, unknown> = {}, start = '1') =>
  listed.rooms.set(ROOM, {
    sid: `RM_${ROOM}_${start}`,
    participants: sids.map((sid) => listedParticipant(`PA_${ROOM}_${sid}`, sid.charAt(0), changes)),
  });

const present = async () => (await store.presence(ROOM)).map(({ identity }) => identity).join('');
const warnings = (t: { mock: { method: typeof import('node:test').mock.method } }) => {
  const { mock } = t.mock.method(console, 'warn', () => {});
  return () => mock.calls.map(({ arguments: [line] }) => JSON.parse(String(line)));
};

test('unlisted participants are removed, listed ones are added, and watchers are notified once', async () => {
  await tell('joined', 'a1');
  await tell('joined', 'b1');
  runs(['b1', 'c1'], { kind: 'AGENT' });
  assert.equal(await reconcile(), 'corrected');
  assert.equal(await present(), 'bc');
  const isAgent = new Map((await store.presence(ROOM)).map((row) => [row.identity, Boolean(row.isAgent)]));
  assert.deepEqual([isAgent.get('b'), isAgent.get('c')], [false, true], 'a correct row is not changed');
  assert.equal(await reconcile(), 'equal');
  assert.deepEqual(changed, [ROOM]);
  listed.rooms.delete(ROOM);
  assert.equal(await reconcile(), 'corrected');
  assert.equal(await present(), '');
  const asked = livekit.calls.map(({ path, headers }) => [path.split('/').at(-1), headers.authorization]);
  const both = [
    ['ListRooms', 'Bearer d.e.f'],
    ['ListParticipants', 'Bearer a.b.c'],
  ];
  assert.deepEqual(asked, [...both, ...both, both[0]], 'a room that is not running has no list');
});

test('of several comparisons within fifty seconds one asks LiveKit', async () => {
  runs(['a1']);
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => reconcile(store)));
  assert.deepEqual(outcomes.sort(), ['corrected', 'skipped', 'skipped', 'skipped', 'skipped']);
  assert.equal(livekit.calls.length, 2);
});

describe("while LiveKit's response is on its way", () => {
  test('a join is not lost', async () => {
    await tell('joined', 'a1');
    runs(['a1']);
    meanwhile = () => tell('joined', 'b1', 1);
    assert.equal(await reconcile(), 'equal');
    assert.equal(await present(), 'ab');
  });

  test('a join of a room that was not running is not lost', async () => {
    listed.rooms.delete(ROOM);
    livekit.behaviours.set('ListRooms', async (response) => {
      await tell('joined', 'a1');
      json(response, 200, { rooms: [] });
    });
    assert.equal(await reconcile(), 'equal');
    assert.equal(await present(), 'a');
  });

  test('a leave is not undone', async () => {
    await tell('joined', 'a1');
    runs(['a1', 'b1']);
    meanwhile = async () => {
      await tell('left', 'a1', 1);
      await tell('left', 'b1', 1);
    };
    await reconcile();
    assert.equal(await present(), '', 'the leave of a participant whose join was lost is not undone either');
  });

  test('the end of the room is not undone', async () => {
    await tell('joined', 'a1');
    runs(['a1', 'b1']);
    meanwhile = () => tell('ended', null, 1);
    await reconcile();
    assert.equal(await present(), '');
  });

  test('another connection of the same participant replaces the first', async () => {
    await tell('joined', 'a1');
    runs(['a1']);
    meanwhile = async () => {
      await tell('joined', 'a2', 1);
      await tell('left', 'a1', 1);
    };
    await reconcile();
    assert.equal(await present(), 'a');
    runs(['a2']);
    assert.equal(await reconcile(), 'equal');
  });
});

describe('presence stays unchanged, and the next comparison works, after', () => {
  const assertUnchanged = async (outcome: Promise<Outcome>) => {
    assert.equal(await outcome, 'failed');
    assert.equal(await present(), 'a');
    assert.deepEqual(changed, []);
    listed.behave();
    runs(['b1']);
    assert.equal(await reconcile(), 'corrected');
    assert.equal(await present(), 'b');
  };

  for (const { name, behave, reason } of MISBEHAVIOURS) {
    for (const method of ['ListRooms', 'ListParticipants']) {
      test(`${method}: ${name}`, async (t) => {
        const warned = warnings(t);
        await tell('joined', 'a1');
        runs(['a1']);
        livekit.behaviours.set(method, behave);
        await assertUnchanged(reconcile());
        const line = { level: 'warn', message: 'Presence was not compared with LiveKit', roomId: ROOM, reason };
        assert.deepEqual(warned(), [line]);
      });
    }
  }

  test("another room's name, or rooms that were not requested", async (t) => {
    warnings(t);
    const other = { sid: 'RM_other', name: 'another-room' };
    const own = () => ({ sid: `RM_${ROOM}_1`, name: ROOM });
    for (const answer of [[other], [own(), other], [own(), own()], [{ ...own(), name: `${ROOM} ` }]]) {
      livekit.behaviours.set('ListRooms', (response) => json(response, 200, { rooms: answer }));
      await tell('joined', 'a1');
      assert.equal(await reconcile(), 'failed', JSON.stringify(answer));
      assert.equal(await present(), 'a');
    }
    await assertUnchanged(reconcile());
  });

  test('rooms and participants of a wrong shape', async (t) => {
    warnings(t);
    await tell('joined', 'a1');
    const wrong = [{}, null, 7, 'x', { sid: '' }, { sid: 'PA_1' }, { sid: 7, identity: 'a', name: ROOM }];
    for (const list of [...wrong.map((item) => [item]), {}, 'x', 7, true]) {
      livekit.behaviours.set('ListRooms', (response) => json(response, 200, { rooms: list }));
      assert.equal(await reconcile(), 'failed', JSON.stringify(list));
      listed.behave();
      runs(['a1']);
      livekit.behaviours.set('ListParticipants', (response) => json(response, 200, { participants: list }));
      assert.equal(await reconcile(), 'failed', JSON.stringify(list));
    }
    for (const changes of [{ joined_at: 'soon' }, { kind: true }, { state: [] }, { permission: [] }, { name: 1 }]) {
      listed.behave();
      runs(['b1'], changes);
      assert.equal(await reconcile(), 'failed', JSON.stringify(changes));
    }
    await assertUnchanged(reconcile({ ...store, claimReconciliation: () => Promise.reject(new Error('hunter2')) }));
  });

  test('a server that is down', async (t) => {
    const warned = warnings(t);
    await tell('joined', 'a1');
    const down = await startFakeLivekit();
    await down.stop();
    const unreachable = new RoomService({ url: down.url, adminToken: () => 'a.b.c', listRoomsToken: () => 'd.e.f' });
    const asking = {
      service,
      store: () => ({ ...store, claimReconciliation: async () => true }),
      log: createLog('warn'),
    };
    await assertUnchanged(reconcileRoom({ ...asking, rooms: unreachable }, ROOM));
    assert.equal(warned()[0]?.reason, 'livekit_unreachable');
  });

  test('a server that does not respond in ten seconds', async (t) => {
    const warned = warnings(t);
    await tell('joined', 'a1');
    runs(['a1']);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const reached = new Promise<void>((resolve) => {
      livekit.behaviours.set('ListParticipants', () => resolve());
    });
    const outcome = reconcile();
    await reached;
    t.mock.timers.tick(10_000);
    assert.equal(await outcome, 'failed');
    t.mock.timers.reset();
    assert.equal(warned()[0]?.reason, 'livekit_timeout');
    listed.behave();
    assert.equal(await reconcile(), 'equal');
  });
});

describe('a store', () => {
  test('that lacks a method, or is undefined, is ignored, and LiveKit is not asked', async (t) => {
    t.mock.method(console, 'error', () => {});
    const { connections: _, ...without } = store;
    assert.equal(await reconcile(without as Store), 'skipped');
    assert.equal(await reconcile({ facts: store.facts }), 'skipped');
    const log = createLog('error');
    assert.equal(await reconcileRoom({ service, store: undefined, rooms: rooms(), log }, ROOM), 'failed');
    assert.deepEqual(livekit.calls, []);
  });

  test('that rejects, or returns an invalid value, fails without any text of it', async (t) => {
    const { mock } = t.mock.method(console, 'error', () => {});
    runs(['a1']);
    const claimed = { ...store, claimReconciliation: async () => true };
    const fail = () => Promise.reject(new Error('hunter2'));
    assert.equal(await reconcile({ ...claimed, connections: fail }), 'failed');
    assert.equal(await reconcile({ ...claimed, correctPresence: fail }), 'failed');
    const shapes: unknown[] = [undefined, null, {}, 'x', [null], [{}], [{ roomSid: 'a', participantSid: 'b' }]];
    for (const shape of shapes) {
      assert.equal(await reconcile({ ...claimed, connections: async () => shape as never }), 'failed');
    }
    assert.deepEqual(changed, []);
    assert.doesNotMatch(JSON.stringify(mock.calls.map((call) => call.arguments)), /hunter2/);
  });
});

test('of thousands of new participants a thousand are added at a time', async () => {
  runs(Array.from({ length: 2300 }, (_, at) => `${String.fromCodePoint(0x4e00 + at)}1`));
  const sizes = [];
  for (let time = 0; time < 4; time++) {
    await reconcile();
    sizes.push((await store.connections(ROOM)).length);
  }
  assert.deepEqual(sizes, [1000, 2000, 2300, 2300]);
});
