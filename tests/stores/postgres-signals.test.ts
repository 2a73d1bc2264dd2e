/** Signals between processes by LISTEN and NOTIFY: they reach all listeners, also after the connection was lost. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { postgresFeeds } from 'livekit-edge/stores/postgres';
import postgres from 'postgres';
import type { PresenceSignals } from '../../pkg/dist/server/presence/signals.js';
import { type ListeningSql, postgresSignals } from '../../pkg/dist/server/stores/postgres-signals.js';
import { untilDisconnected, withPostgres } from '../support/with-postgres.ts';

const running = withPostgres();
const opened: PresenceSignals[] = [];
after(() => Promise.all(opened.map((signals) => signals.close?.())));

function open(database: Parameters<typeof postgresSignals>[0] = running.server.url): PresenceSignals {
  const signals = postgresSignals(database);
  opened.push(signals);
  return signals;
}

/** Listens, and counts signals. */
function counting(signals: PresenceSignals, room: string) {
  const counter = { count: 0, stop: () => {} };
  counter.stop = signals.listen(room, () => {
    counter.count += 1;
  });
  return counter;
}

/** Resolves once it is true. */
async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !(await isTrue()); await wait(10)) assert.ok(Date.now() < end, what);
}

/** Process ids of the listening connections. */
async function listening(): Promise<number[]> {
  const rows = await running.sql`SELECT pid FROM pg_stat_activity WHERE query ILIKE 'listen%'`;
  return rows.map(({ pid }) => pid);
}

/** A counter is called once when the connection is open, and then counts signals. */
async function ready(...counters: { count: number }[]): Promise<void> {
  await until(() => counters.every(({ count }) => count > 0), 'nobody listens');
  for (const counter of counters) counter.count = 0;
}

test('a change is signalled to every process that listens to the room, and to no other room', async () => {
  const [one, two] = [open(), open()];
  const [mine, other] = [counting(one, 'room "1" 雪'), counting(one, 'room-2')];
  const theirs = counting(two, 'room "1" 雪');
  await ready(mine, other, theirs);
  await one.changed('room "1" 雪');
  assert.equal(mine.count, 1, 'listeners of this process are called at once');
  await until(() => theirs.count > 0, 'the other process gets no signal');
  await two.changed('room "1" 雪');
  await until(() => mine.count > 1, 'this process gets no signal');
  assert.deepEqual([mine.count, theirs.count, other.count], [2, 2, 0], 'and once each');
  const longest = 'é'.repeat(128);
  const far = counting(two, longest);
  await one.changed(longest);
  await until(() => far.count > 0, 'a room with the longest name gets no signal');
});

test('after the connection was lost every room is read again, and signals arrive as before', async () => {
  const [one, two] = [open(), open()];
  const rooms = ['lost-1', 'lost-2'].map((room) => counting(one, room));
  await ready(...rooms);
  const before = await listening();
  const ended = await running.sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen%'`;
  assert.ok(ended.length > 0);
  // While it reconnects, this signal may be lost.
  await two.changed('lost-1');
  await until(() => rooms.every(({ count }) => count > 0), 'rooms are not read again');
  const now = await listening();
  assert.ok(now.length > 0 && now.every((pid) => !before.includes(pid)), 'it uses another connection');
  await ready(...rooms);
  await two.changed('lost-1');
  await until(() => rooms[0]?.count === 1, 'signals do not arrive as before');
});

test('while the database is away signals fail without harm, and afterwards all rooms are read again', async () => {
  const { hostname, port } = new URL(running.server.url);
  const sockets = new Set<Socket>();
  let [isAway, attempts] = [false, 0];
  const proxy = createServer((socket) => {
    attempts += 1;
    if (isAway) return void socket.on('error', () => {}).destroy();
    const server = connect(Number(port), hostname);
    for (const end of [socket, server]) {
      sockets.add(end);
      end.on('error', () => {}).on('close', () => sockets.delete(end));
    }
    socket.pipe(server).pipe(socket);
    socket.on('close', () => server.destroy());
  });
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
  const { port: proxied } = proxy.address() as { port: number };
  const address = new URL(running.server.url);
  address.port = `${proxied}`;
  const signals = open(address.href);
  const counter = counting(signals, 'away');
  await ready(counter);
  isAway = true;
  for (const socket of sockets) socket.destroy();
  await assert.rejects(signals.changed('away'));
  assert.equal(counter.count, 1, 'listeners of this process still get signals');
  counter.count = 0;
  const failed = attempts;
  await until(() => attempts > failed + 1, 'it does not connect again');
  assert.equal(counter.count, 0, 'the room is not read before');
  isAway = false;
  await until(() => counter.count > 0, 'the room is not read again');
  await ready(counter);
  await open().changed('away');
  await until(() => counter.count > 0, 'signals do not arrive as before');
  await signals.close?.();
  proxy.close();
});

test('one connection listens while there is a listener, and none is left open', async () => {
  await Promise.all(opened.splice(0).map((signals) => signals.close?.()));
  await untilDisconnected(running.sql);
  const signals = open();
  const counters = ['a', 'b', 'b'].map((room) => counting(signals, room));
  await ready(...counters);
  assert.equal((await listening()).length, 1);
  for (const { stop } of counters) stop();
  await until(async () => (await listening()).length === 0, 'it listens without a listener');
  await ready(counting(signals, 'again'));
  await signals.changed('again');
  await signals.close?.();
  await signals.close?.();
  await untilDisconnected(running.sql);
});

test("an application's own connections listen and signal, and stay open", async () => {
  const sql = postgres(running.server.url, { max: 2, onnotice: () => {} });
  try {
    const signals = open(sql as unknown as ListeningSql);
    const counter = counting(signals, 'own');
    await ready(counter);
    await open().changed('own');
    await until(() => counter.count === 1, 'it gets no signal');
    await signals.close?.();
    const [row] = await sql`SELECT 1 AS one`;
    assert.equal(row?.['one'], 1);
  } finally {
    await sql.end();
  }
});

test('an invalid URL is an error at once', () => {
  assert.throws(() => postgresFeeds('http://example.com'), { name: 'the URL of the database is invalid' });
});
