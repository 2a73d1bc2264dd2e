/** Failures of PostgreSQL: slow, silent, gone. Each is a rejection in time, and the next call works. */
import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreFault } from 'livekit-edge/server';
import { type PostgresStore, postgresStore } from 'livekit-edge/stores/postgres';
import postgres from 'postgres';
import { createTables, startPostgres } from '../support/postgres/server.mjs';
import { QUESTION, untilDisconnected, withPostgres } from '../support/with-postgres.ts';

const LATE = { name: 'the database did not answer in time' };

const running = withPostgres(undefined, 4);

/** Calls a function while no query can read users. */
async function whileLocked(work: () => Promise<void>): Promise<void> {
  const locker = await running.sql.reserve();
  await locker`BEGIN`;
  await locker`LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE`;
  try {
    await work();
  } finally {
    await locker`ROLLBACK`;
    locker.release();
  }
}

async function assertLate(work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await assert.rejects(work, LATE);
  const seconds = (performance.now() - started) / 1000;
  assert.ok(seconds > 1.9, `${seconds} s`);
}

/** Whether there is a process of that id, of whatever user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Resolves once the server executes no query of the stores. */
async function untilCancelled(): Promise<void> {
  for (let count = 1; count > 0; await wait(10)) {
    const [row] = await running.sql`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'livekit-edge' AND state = 'active'`;
    count = row?.['n'];
  }
}

async function assertAnswers(store: PostgresStore): Promise<void> {
  assert.equal((await store.facts(QUESTION)).userId, 'user-456');
}

for (const [how, options] of Object.entries({ pooled: {}, 'with a connection a question': { perRequest: true } })) {
  test(`a query that takes too long is given up and cancelled, ${how}`, async () => {
    const store = running.open(running.server.url, options);
    await assertAnswers(store);
    await whileLocked(async () => {
      await assertLate(() => store.facts(QUESTION));
      await untilCancelled();
    });
    await assertAnswers(store);
  });

  test(`many queries that take too long are given up and cancelled, ${how}`, async () => {
    const store = running.open(running.server.url, options);
    await whileLocked(async () => {
      const asked = Array.from({ length: 40 }, () => assertLate(() => store.facts(QUESTION)));
      await Promise.all(asked);
    });
    await Promise.all(Array.from({ length: 40 }, () => assertAnswers(store)));
    await untilCancelled();
  });
}

test('queries beside a slow one get their own answers', async () => {
  const store = running.open(running.server.url);
  await whileLocked(async () => {
    const slow = assertLate(() => store.facts(QUESTION));
    for (let count = 0; count < 20; count++) assert.deepEqual(await store.presence?.('nobody'), []);
    await slow;
  });
  const users = ['user-456', 'user-789', 'user-mod', 'user-owner', 'nobody'];
  const answers = await Promise.all(users.map((userId) => store.facts({ ...QUESTION, userId })));
  assert.deepEqual(
    answers.map(({ userId }) => userId),
    [...users.slice(0, 4), null],
  );
});

test('no connection is left open, with one connection a query', async () => {
  const store = running.open(running.server.url, { perRequest: true });
  await Promise.all(Array.from({ length: 10 }, () => assertAnswers(store)));
  await store.close();
  await assert.rejects(store.facts(QUESTION), { name: 'the store is closed' });
  for (const { close } of running.stores) await close();
  await untilDisconnected(running.sql);
});

test("an application's own Sql stays open", async () => {
  const sql = postgres(running.server.url, { max: 1, onnotice: () => {} });
  const store = postgresStore(sql);
  await assertAnswers(store);
  for (let time = 0; time < 3; time++) {
    await whileLocked(() => assertLate(() => store.facts(QUESTION)));
    // The owner's queries use the same connection, and a cancellation of the store's queries does not reach them.
    for (let count = 0; count < 5; count++) await sql`SELECT pg_sleep(0.02)`;
    await assertAnswers(store);
  }
  await store.close();
  await assert.rejects(store.facts(QUESTION), { name: 'the store is closed' });
  assert.deepEqual([...(await sql`SELECT 1 AS one`)], [{ one: 1 }]);
  await sql.end();
});

test("an application's own Sql with a statement_timeout, which the server enforces itself, works", async () => {
  const connection = { application_name: 'livekit-edge', statement_timeout: 2000 };
  const sql = postgres(running.server.url, { max: 1, onnotice: () => {}, connection });
  const store = postgresStore(sql);
  await assertAnswers(store);
  await whileLocked(async () => {
    await assert.rejects(store.facts(QUESTION), StoreFault);
    await untilCancelled();
    assert.deepEqual(await store.presence?.('nobody'), []);
  });
  await assertAnswers(store);
  await sql.end();
});

test('a server that accepts and is silent, one that closes, and one that sends garbage are errors', async () => {
  const behaviours: ((socket: Socket) => void)[] = [
    () => {},
    (socket) => socket.destroy(),
    (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  ];
  for (const behaviour of behaviours) {
    const sockets: Socket[] = [];
    const port = await new Promise<number>((resolve) => {
      const listening: Server = createServer((socket) => {
        sockets.push(socket.on('error', () => {}));
        behaviour(socket);
      }).listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
      after(() => listening.close());
    });
    const store = postgresStore(`postgres://postgres@127.0.0.1:${port}/postgres`);
    await assert.rejects(store.facts(QUESTION), StoreFault);
    await store.close();
    for (const socket of sockets) socket.destroy();
  }
});

test('connections that died silently are not waited for again', async () => {
  const { hostname, port } = new URL(running.server.url);
  const pairs: Socket[][] = [];
  const proxy = createServer((near) => {
    const far = connect(Number(port), hostname);
    pairs.push([near, far]);
    near.on('error', () => {}).pipe(far);
    far.on('error', () => {}).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(running.server.url);
  url.port = `${(proxy.address() as { port: number }).port}`;
  const store = postgresStore(url.href);
  const all = () => Array.from({ length: 10 }, () => store.facts(QUESTION));
  await Promise.all(all());
  const dead = pairs.splice(0).flat();
  for (const socket of dead) socket.unpipe().pause();
  await Promise.all(all().map((answer) => assertLate(() => answer)));
  // A question that was sent by a dead connection would be late.
  await Promise.all(Array.from({ length: 20 }, () => assertAnswers(store)));
  await store.close();
  for (const socket of [...dead, ...pairs.flat()]) socket.destroy();
  proxy.close();
});

test('an error has only the SQLSTATE', async () => {
  const url = new URL(running.server.url);
  url.username = 'hunter2';
  const store = running.open(url.href);
  const error = await store.facts(QUESTION).catch((reason: unknown) => reason);
  assert.ok(error instanceof StoreFault);
  assert.equal(error.name, 'SQLSTATE 28P01');
  assert.ok(!JSON.stringify([error.message, error.stack, { ...error }, error.cause]).includes('hunter2'));
});

test('a server that goes away and is replaced by another is used again', async () => {
  const other = await startPostgres();
  const store = postgresStore(other.url);
  await assert.rejects(store.facts(QUESTION), { name: 'tables are missing' });
  await createTables(other.url);
  assert.equal((await store.facts(QUESTION)).userId, null, 'tables that are created later are found');
  await other.stop();
  await assert.rejects(store.facts(QUESTION), { name: 'the database cannot be reached' });
  await assert.rejects(store.facts(QUESTION), { name: 'the database cannot be reached' });
  await store.close();
});

test('connections that the server closes are opened again', async () => {
  const store = running.open(running.server.url);
  await assertAnswers(store);
  const ended = await running.sql`
    SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'livekit-edge'`;
  // A connection is closed when its process is gone. The store notices that a little later.
  do await wait(10);
  while (ended.some(({ pid }) => isAlive(pid)));
  const isAnswered = () =>
    store.facts(QUESTION).then(
      () => true,
      () => false,
    );
  while (!(await isAnswered())) await wait(10);
  await assertAnswers(store);
});
