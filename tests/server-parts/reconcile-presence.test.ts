/** Comparing the presence of all rooms with LiveKit's own lists: which rooms, how many, and servers that are down. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { type ReconcilePresenceOptions, reconcilePresence, type Store } from 'livekit-edge/server';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { type ListedRooms, listedParticipant, listRoomsOn } from '../support/listed-rooms.ts';
import { secretOf } from '../support/servers.ts';
import { type FakeLivekit, json, startFakeLivekit } from './fake-livekit.ts';

const KEYS = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'a secret of thirty-two bytes or more' };

let store: ReturnType<typeof sqliteStore> & Required<Store>;
let livekit: FakeLivekit;
let rooms: ListedRooms;
before(async () => {
  livekit = await startFakeLivekit();
});
after(() => livekit.stop());
beforeEach(() => {
  store = sqliteStore(':memory:') as typeof store;
  livekit.calls.length = 0;
  ({ rooms } = listRoomsOn(livekit));
});
afterEach(() => store.close());

let events = 0;
const joined = (room: string, identity: string) =>
  store.applyPresence({
    eventId: `EV_${++events}`,
    createdAt: 1_760_000_000,
    change: 'joined',
    room,
    roomSid: `RM_${room}`,
    participant: { sid: `PA_${room}_${identity}`, identity, name: '' },
  });
const runs = (room: string, ...identities: string[]) =>
  rooms.set(room, {
    sid: `RM_${room}`,
    participants: identities.map((identity) => listedParticipant(`PA_${room}_${identity}`, identity)),
  });
const present = async (room: string) => (await store.presence(room)).map(({ identity }) => identity).join();
const reconcile = (options: Partial<ReconcilePresenceOptions> = {}) =>
  reconcilePresence({ settings: { ...KEYS, LIVEKIT_URL: livekit.url, LOG_LEVEL: 'error' }, store, ...options });
const calls = () => livekit.calls.map(({ path }) => path.split('/').at(-1));

test('rooms with presence and running rooms without are corrected, and each is compared once in a minute', async () => {
  await joined('ended', 'ghost');
  await joined('partly', 'here');
  await joined('partly', 'ghost');
  await joined('right', 'here');
  runs('partly', 'here', 'unseen');
  runs('right', 'here');
  runs('unseen', 'a', 'b');
  runs('empty');
  const changed: string[] = [];
  const first = await reconcile({ onChange: (room) => void changed.push(room) });
  assert.deepEqual(first, { rooms: 4, corrected: 3, failed: 0, isComplete: true });
  assert.deepEqual(changed.sort(), ['ended', 'partly', 'unseen']);
  const after = await Promise.all(['ended', 'partly', 'right', 'unseen', 'empty'].map(present));
  assert.deepEqual(after, ['', 'here,unseen', 'here', 'a,b', '']);
  livekit.calls.length = 0;
  assert.deepEqual(await reconcile(), { rooms: 0, corrected: 0, failed: 0, isComplete: true });
  assert.deepEqual(calls(), ['ListRooms']);
});

test('a room with a name that no token can have is ignored', async () => {
  runs('x'.repeat(300), 'a');
  runs('a\0b', 'a');
  runs('good', 'a');
  assert.deepEqual(await reconcile(), { rooms: 1, corrected: 1, failed: 0, isComplete: true });
});

test('a limited number of rooms is compared, four at a time, and the others in the next runs', async () => {
  let [inside, most] = [0, 0];
  ({ rooms } = listRoomsOn(livekit, async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  }));
  for (let count = 0; count < 12; count++) await joined(`known-${count}`, 'ghost');
  for (let count = 0; count < 12; count++) runs(`unseen-${count}`, 'a');
  const left = async () => (await store.roomsToReconcile([], Math.floor(Date.now() / 1000), 100)).length;
  const first = await reconcile({ limit: 10 });
  assert.deepEqual(first, { rooms: 10, corrected: 10, failed: 0, isComplete: false });
  let turns = 1;
  for (let isComplete = false; !isComplete; turns++) {
    ({ isComplete } = await reconcile({ limit: 10 }));
    assert.ok(turns < 20);
  }
  assert.equal(await left(), 0);
  assert.ok(most <= 4 && most > 1, `${most} at a time`);
});

test('at most a thousand rooms are compared', async () => {
  for (let count = 0; count < 1100; count++) runs(`room-${count}`, 'a');
  assert.deepEqual(await reconcile(), { rooms: 1000, corrected: 1000, failed: 0, isComplete: false });
});

test('with more than 5,000 running rooms a comparison is never complete, and all rooms are compared after some calls', async () => {
  const COUNT = 5003;
  const asked = new Set<string>();
  const { roomsToReconcile } = store;
  store.roomsToReconcile = (running, now, limit) => {
    assert.ok(running.length <= 5000);
    for (const room of running) asked.add(room);
    return roomsToReconcile(running, now, limit);
  };
  for (let count = 0; count < COUNT; count++) runs(`room-${count}`, 'a');
  const claimAll = async () => {
    for (const room of rooms.keys()) await store.claimReconciliation(room, Math.floor(Date.now() / 1000));
  };
  // Another process has just compared all of them.
  await claimAll();
  while (asked.size < COUNT) {
    assert.deepEqual(await reconcile(), { rooms: 0, corrected: 0, failed: 0, isComplete: false });
  }
  rooms.delete('room-0');
  rooms.delete('room-1');
  rooms.delete('room-2');
  await claimAll();
  assert.deepEqual(await reconcile(), { rooms: 0, corrected: 0, failed: 0, isComplete: true });
});

test('of 10,000 running rooms all are compared after some calls, also if a call is made every two minutes', async (t) => {
  const COUNT = 10_000;
  const start = Math.floor(Date.now() / 120_000) * 120_000;
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const asked = new Set<string>();
  store.roomsToReconcile = async (running) => {
    for (const room of running) asked.add(room);
    return [];
  };
  for (let count = 0; count < COUNT; count++) runs(`room-${count}`, 'a');
  let calls = 0;
  while (asked.size < COUNT) {
    await reconcile();
    calls += 1;
    // Fewer than 100 with a probability of 1 - 1e-28.
    assert.ok(calls < 100, `${asked.size} rooms`);
    t.mock.timers.setTime(start + calls * 120_000);
  }
});

test('the rooms of a server that is down are not changed, and the others are corrected', async () => {
  const other = await startFakeLivekit();
  const { rooms: others } = listRoomsOn(other);
  const servers = [
    { name: 'up', url: livekit.url, keys: `key-up: ${secretOf('up')}` },
    { name: 'down', url: other.url, keys: `key-down: ${secretOf('down')}` },
  ];
  const chooseServer = (room: string) => (room.startsWith('up') ? 'up' : 'down');
  try {
    for (const room of ['up-1', 'up-2', 'down-1', 'down-2']) await joined(room, 'ghost');
    others.set('down-2', { sid: 'RM_down-2', participants: [listedParticipant('PA_2', 'here')] });
    other.behaviours.set('ListRooms', (response) => json(response, 500, { code: 'internal' }));
    const first = await reconcile({ servers, chooseServer });
    assert.deepEqual(first, { rooms: 2, corrected: 2, failed: 2, isComplete: false });
    assert.deepEqual(await Promise.all(['up-1', 'down-1', 'down-2'].map(present)), ['', 'ghost', 'ghost']);
    listRoomsOn(other).rooms.set('down-2', { sid: 'RM_down-2', participants: [listedParticipant('PA_2', 'here')] });
    const second = await reconcile({ servers, chooseServer });
    assert.deepEqual(second, { rooms: 2, corrected: 2, failed: 0, isComplete: true });
    assert.deepEqual(await Promise.all(['down-1', 'down-2'].map(present)), ['', 'here']);
  } finally {
    await other.stop();
  }
});

test('if no server answers, no room is compared and nothing changes', async (t) => {
  const { mock } = t.mock.method(console, 'warn', () => {});
  await joined('a', 'here');
  livekit.behaviours.set('ListRooms', (response) => json(response, 401, { code: 'unauthenticated' }));
  const settings = { ...KEYS, LIVEKIT_URL: livekit.url };
  assert.deepEqual(await reconcile({ settings }), { rooms: 0, corrected: 0, failed: 0, isComplete: false });
  assert.deepEqual(calls(), ['ListRooms']);
  const lines = mock.calls.map(({ arguments: [line] }) => JSON.parse(String(line)));
  const message = 'Presence was not compared with LiveKit';
  assert.deepEqual(lines, [{ level: 'warn', message, reason: 'livekit_refused' }]);
  mock.resetCalls();
  for (const settings of [{ ...KEYS }, { ...KEYS, LIVEKIT_URL: 'ftp://x' }, {}]) {
    const { rooms } = await reconcile({ settings });
    assert.equal(rooms, 0);
  }
  assert.equal(mock.callCount(), 0, 'errors of the settings are logged when they are checked');
  assert.equal(await present('a'), 'here');
});

test('no room is started after an abort', async () => {
  await joined('a', 'ghost');
  const signal = AbortSignal.abort();
  assert.deepEqual(await reconcile({ signal }), { rooms: 0, corrected: 0, failed: 0, isComplete: false });
  assert.equal(await present('a'), 'ghost');
});

test('a store without the methods is ignored, and one that fails changes nothing', async (t) => {
  t.mock.method(console, 'error', () => {});
  const nothing = { rooms: 0, corrected: 0, failed: 0 };
  assert.deepEqual(await reconcile({ store: { facts: store.facts } }), { ...nothing, isComplete: true });
  assert.deepEqual(livekit.calls, []);
  const roomsToReconcile = () => Promise.reject(new Error('hunter2'));
  assert.deepEqual(await reconcile({ store: { ...store, roomsToReconcile } }), { ...nothing, isComplete: false });
});

test('it never rejects, even if functions of the application throw', async (t) => {
  const { mock } = t.mock.method(console, 'error', () => {});
  await joined('a', 'ghost');
  const fail = () => {
    throw new Error('hunter2');
  };
  const { failed } = await reconcile({ chooseServer: fail });
  assert.equal(failed, 1);
  for (const room of ['b', 'c']) await joined(room, 'ghost');
  assert.equal((await reconcile({ onChange: fail })).corrected, 2, 'the other rooms are still corrected');
  const { isComplete } = await reconcile({ settings: new Proxy({}, { get: fail, ownKeys: fail, has: fail }) });
  assert.equal(isComplete, false);
  assert.doesNotMatch(JSON.stringify(mock.calls.map((call) => call.arguments)), /hunter2/);
});

test('an interval above the maximum of timers is their maximum', async () => {
  const { reconcileEvery } = await import('../../pkg/dist/server/process/reconcile-timer.js');
  const intervals: number[] = [];
  const every = (milliseconds: number) => {
    intervals.push(milliseconds);
    return () => {};
  };
  const compared = { store, onChange: async () => {} };
  for (const seconds of [0.5, 60, 2_147_484, Number.POSITIVE_INFINITY, 0, -1, Number.NaN]) {
    reconcileEvery(every, seconds, {}, compared)();
  }
  assert.deepEqual(intervals, [500, 60_000, 2_147_483_647, 2_147_483_647]);
});
