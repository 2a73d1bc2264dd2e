// The timers that compare presence with LiveKit: on Node, on Deno, in two processes with one database, and on Workers.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { PresenceChange, Store } from 'livekit-edge/server';
import { d1Store } from 'livekit-edge/stores/d1';
import { postgresStore } from 'livekit-edge/stores/postgres';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { reconcileEvery } from '../../pkg/dist/server/process/reconcile-timer.js';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { dataFolder } from '../../scripts/lib/paths.mjs';
import { startProcess } from '../../scripts/process.mjs';
import { type FakeLivekit, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { startWorker } from '../support/d1.ts';
import { supportScript } from '../support/endpoint.ts';
import { type ListedRooms, listedParticipant, listRoomsOn } from '../support/listed-rooms.ts';
import { createTables, startPostgres } from '../support/postgres/server.mjs';
import { loadDemo } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';

const SEEN_MS = 30_000;
const ENTRY = supportScript('reconcile-process.ts');

let livekit: FakeLivekit;
let rooms: ListedRooms;
let folder: string;
before(() => {
  mkdirSync(dataFolder, { recursive: true });
  folder = mkdtempSync(join(dataFolder, 'reconcile-'));
});
after(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  livekit = await startFakeLivekit();
  ({ rooms } = listRoomsOn(livekit));
});
afterEach(() => livekit.stop());

let events = 0;
const joined = (room: string, identity: string): PresenceChange => ({
  eventId: `EV_${++events}`,
  createdAt: 1_760_000_000,
  change: 'joined',
  room,
  roomSid: `RM_${room}`,
  participant: { sid: `PA_${room}_${identity}`, identity, name: '' },
});
const runs = (room: string, identity: string) =>
  rooms.set(room, { sid: `RM_${room}`, participants: [listedParticipant(`PA_${room}_${identity}`, identity)] });
const settings = () => ({ ...demoSettings, LIVEKIT_URL: livekit.url, HOST: '127.0.0.1', PORT: '0' });

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + SEEN_MS; !(await isSo()); ) {
    assert.ok(performance.now() < end, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const present = async (store: Store, room: string) =>
  ((await store.presence?.(room)) ?? []).map(({ identity }) => identity).join();

for (const runtime of ['node', 'deno'] as const) {
  test(`${runtime}: presence is corrected without a request, time and again, and the process stops`, async () => {
    const path = join(folder, `${runtime}.sqlite`);
    const store = sqliteStore(path);
    await store.applyPresence?.(joined('room-1', 'ghost'));
    runs('room-2', 'unseen');
    const env = { ...settings(), SQLITE_PATH: path, RECONCILE_SECONDS: '0.1' };
    const server = await startProcess({ runtime, env, folder, entry: ENTRY });
    try {
      await until(
        'corrected',
        async () => `${await present(store, 'room-1')} ${await present(store, 'room-2')}` === ' unseen',
      );
      await store.applyPresence?.(joined('room-3', 'ghost'));
      await until('corrected again', async () => (await present(store, 'room-3')) === '');
    } finally {
      assert.equal(await server.stop(), 0);
      store.close();
    }
  });
}

test('those who watch a room are told of a correction', async () => {
  const path = join(folder, 'watched.sqlite');
  sqliteStore(path).close();
  loadDemo(path);
  const database = new DatabaseSync(path, { timeout: 5000 });
  const env = { ...settings(), SQLITE_PATH: path, RECONCILE_SECONDS: '0.1' };
  const server = await startProcess({ runtime: 'node', env, folder, entry: ENTRY });
  try {
    const headers = { Authorization: `Bearer ${userToken('user-456')}` };
    const url = `${server.url}/api/livekit/channels/channel-abc123/voice-presence/events`;
    const { body } = await fetch(url, { headers });
    let text = '';
    for await (const chunk of (body ?? assert.fail('no stream')).pipeThrough(new TextDecoderStream())) {
      text += chunk;
      // The participant joins after the snapshot, for which the room was compared. Without its row it is due again at once.
      if (text.includes('event: snapshot')) {
        runs('channel-abc123', 'unseen');
        database.exec('DELETE FROM "VoiceReconciliation"');
      }
      if (text.includes('event: joined')) break;
    }
    assert.match(text, /event: joined\nid: \S+\ndata: \{"identity":"unseen"/);
  } finally {
    database.close();
    await server.stop();
  }
});

test('presence is compared every minute unless told otherwise, and with 0 seconds never', () => {
  const intervalsOf = (seconds?: number) => {
    const intervals: number[] = [];
    const every = (milliseconds: number) => {
      intervals.push(milliseconds);
      return () => {};
    };
    reconcileEvery(every, seconds, {}, { store: {} as Store, onChange: async () => {} })();
    return intervals;
  };
  assert.deepEqual([intervalsOf(), intervalsOf(5), intervalsOf(0)], [[60_000], [5000], []]);
});

test('a process stops while LiveKit does not answer', async () => {
  const path = join(folder, 'slow.sqlite');
  const reached = Promise.withResolvers<void>();
  livekit.behaviours.set('ListRooms', () => reached.resolve());
  const env = { ...settings(), SQLITE_PATH: path, RECONCILE_SECONDS: '0.1' };
  const server = await startProcess({ runtime: 'node', env, folder, entry: ENTRY });
  await reached.promise;
  assert.equal(await server.stop(), 0);
});

test('two processes with one PostgreSQL compare each room once', async () => {
  const database = await startPostgres();
  await createTables(database.url);
  const store = postgresStore(database.url);
  const names = Array.from({ length: 30 }, (_, at) => `room-${at}`);
  for (const room of names) await store.applyPresence?.(joined(room, 'ghost'));
  for (const room of names) runs(room, 'here');
  const env = { ...settings(), DATABASE_URL: database.url, RECONCILE_SECONDS: '0.1' };
  const servers = await Promise.all(
    Array.from({ length: 2 }, () => startProcess({ runtime: 'node', env, entry: ENTRY })),
  );
  try {
    await until('corrected', async () => {
      const all = await Promise.all(names.map((room) => present(store, room)));
      return all.every((identities) => identities === 'here');
    });
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()));
    await store.close();
    await database.stop();
  }
  const listed = livekit.calls.flatMap(({ path, body }) => (path.endsWith('/ListParticipants') ? [body['room']] : []));
  assert.deepEqual(listed.sort(), [...names].sort());
});

test('a Cron Trigger of a Worker corrects presence', async () => {
  const worker = await startWorker({ bindings: { ...demoSettings, LIVEKIT_URL: livekit.url }, demo: false });
  try {
    const store = d1Store(worker.db);
    await store.applyPresence?.(joined('room-1', 'ghost'));
    runs('room-2', 'unseen');
    const { outcome } = await (await worker.mf.getWorker()).scheduled({ cron: '* * * * *' });
    assert.equal(outcome, 'ok');
    assert.deepEqual([await present(store, 'room-1'), await present(store, 'room-2')], ['', 'unseen']);
    // One run is bounded by what Workers allow.
    for (let count = 0; count < 150; count++) runs(`many-${count}`, 'a');
    livekit.calls.length = 0;
    await (await worker.mf.getWorker()).scheduled({ cron: '* * * * *' });
    assert.equal(livekit.calls.filter(({ path }) => path.endsWith('/ListParticipants')).length, 100);
    await (await worker.mf.getWorker()).scheduled({ cron: '* * * * *' });
    assert.equal(livekit.calls.filter(({ path }) => path.endsWith('/ListParticipants')).length, 150);
    const answer = await fetch(`${worker.url}/api/livekit/livez`);
    assert.equal(await answer.text(), 'ok', 'the Worker answers requests as before');
  } finally {
    await worker.stop();
  }
});
