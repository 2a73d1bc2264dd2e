// Rate limits of several processes on one PostgreSQL: shared, and in force while it is down. The log says where they are counted.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { createTables, loadDemoData, type PostgresServer, startPostgres } from '../support/postgres/server.mjs';
import { userToken } from '../support/user-token.ts';
import { type Program, RUNTIMES, type Runtime, said, start } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-limits-'));
after(() => rmSync(folder, { recursive: true }));
const IN_DATABASE = 'info: Rate limits are counted in PostgreSQL';
const IN_PROCESS = 'info: Rate limits are counted in this process';
/** Also after a query that has taken half a second, on a busy machine. */
const WITHOUT_DATABASE = 'warn: Rate limits are counted in this process until PostgreSQL answers';

let server: PostgresServer;
before(async () => {
  server = await startDatabase();
});
after(() => server.stop());

async function startDatabase(): Promise<PostgresServer> {
  const started = await startPostgres();
  await createTables(started.url);
  await loadDemoData(started.url);
  return started;
}

/** Resolves once a program has logged a line. */
async function untilSaid({ lines }: Program, line: string): Promise<void> {
  while (!said(lines).includes(line)) await wait(10);
}

async function stop({ signal, ended }: Program): Promise<void> {
  signal('SIGTERM');
  assert.equal(await ended, 0);
}

async function ask(program: Program, user: string): Promise<number> {
  const response = await fetch(`${await program.url}/api/livekit/token`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${userToken(user)}` },
    body: '{"roomId":"channel-abc123"}',
  });
  await response.arrayBuffer();
  if (response.status === 429) {
    const seconds = Number(response.headers.get('Retry-After'));
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60, `${seconds}`);
  }
  return response.status;
}

/** Starts a program until its database answers in time. */
async function startCounting(runtime: Runtime, env: Record<string, string>): Promise<Program> {
  for (;;) {
    const program = start(runtime, folder, env);
    while (![IN_DATABASE, WITHOUT_DATABASE].some((line) => said(program.lines).includes(line))) await wait(10);
    if (said(program.lines).includes(IN_DATABASE)) return program;
    await stop(program);
  }
}

async function newDatabase(name: string): Promise<string> {
  const database = await server.createDatabase(name);
  await createTables(database);
  await loadDemoData(database);
  return database;
}

test('processes on Node and on Deno share the limits of a user and of an address', async () => {
  for (let attempt = 1; ; attempt++) {
    const DATABASE_URL = await newDatabase(`shared_${attempt}`);
    const env = { DATABASE_URL, RATE_LIMIT_PER_USER: '10', RATE_LIMIT_PER_ADDRESS: '25' };
    const runtimes: Runtime[] = ['node', 'node', 'deno'];
    const programs = await Promise.all(runtimes.map((runtime) => startCounting(runtime, env)));
    const began = Date.now();
    const statuses = (user: string, times: number) =>
      Promise.all(programs.flatMap((program) => Array.from({ length: times }, () => ask(program, user))));
    const first = await statuses('user-456', 5);
    const second = await statuses('user-mod', 4);
    const third = await statuses('user-owner', 3);
    for (const program of programs) await stop(program);
    // On a busy machine a query may take too long, or all of it a minute.
    const lines = programs.flatMap((program) => said(program.lines)).filter((line) => line.includes('imit'));
    if (lines.includes(WITHOUT_DATABASE) || Date.now() - began > 55_000 || [...first, ...second].includes(503))
      continue;
    const accepted = (all: number[]) => all.filter((status) => status === 201).length;
    // 15 of the address are counted: another user has what is left of them.
    assert.deepEqual([accepted(first), accepted(second), accepted(third)], [10, 10, 0]);
    assert.deepEqual(
      lines,
      programs.map(() => IN_DATABASE),
      'one line of the log each',
    );
    return;
  }
});

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    test('the log says where limits are counted, and nothing where there are none', async () => {
      for (const [env, expected] of [
        [{ SQLITE_PATH: ':memory:' }, IN_PROCESS],
        [{ SQLITE_PATH: ':memory:', RATE_LIMIT_PER_USER: '0' }, IN_PROCESS],
        [{ DATABASE_URL: server.url, RATE_LIMIT_PER_ADDRESS: '0' }, IN_DATABASE],
      ] as [Record<string, string>, string][]) {
        const program = expected === IN_DATABASE ? await startCounting(runtime, env) : start(runtime, folder, env);
        await untilSaid(program, expected);
        await stop(program);
      }
      const none = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0' };
      for (const database of [{ SQLITE_PATH: ':memory:' }, { DATABASE_URL: server.url }]) {
        const program = start(runtime, folder, { ...database, ...none });
        await program.url;
        await stop(program);
        assert.ok(!program.lines.some((line) => line.includes('imit')), program.lines.join('\n'));
      }
    });

    test('without the table limits are counted in the process, and one line says so', async () => {
      const database = await newDatabase(`without_${runtime}`);
      const sql = postgres(database, { max: 1 });
      await sql`DROP TABLE "RateLimit"`;
      await sql.end();
      const env = { DATABASE_URL: database, RATE_LIMIT_PER_USER: '5' };
      const program = start(runtime, folder, env);
      const line = 'warn: Rate limits are counted in this process until the table RateLimit is there';
      await untilSaid(program, line);
      for (let count = 0; count < 10; count++) assert.equal(await ask(program, 'user-456'), count < 5 ? 201 : 429);
      await stop(program);
      assert.deepEqual(
        said(program.lines).filter((other) => other.includes('imit')),
        [line],
      );
    });
  });
}

test('a database that stops and comes back under load: no 500, and never more than the limit of each place', async () => {
  const LIMIT = 20;
  const sockets = new Set<Socket>();
  // The second is what comes back, so that no load waits for its start.
  const [first, second] = await Promise.all([startDatabase(), startDatabase()]);
  let database: PostgresServer | undefined = first;
  const url = new URL(first.url);
  const sql = postgres(second.url, { max: 1 });
  await sql.unsafe(`ALTER USER "${url.username}" PASSWORD '${url.password}'`);
  const gate = createServer((near) => {
    const target = database && new URL(database.url);
    sockets.add(near);
    near.on('error', () => {}).on('close', () => sockets.delete(near));
    if (target === undefined) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near
      .on('close', () => far.destroy())
      .pipe(far)
      .pipe(near);
  }).listen(0, '127.0.0.1');
  await once(gate, 'listening');
  url.port = `${(gate.address() as AddressInfo).port}`;
  const env = { DATABASE_URL: url.href, RATE_LIMIT_PER_USER: `${LIMIT}`, RATE_LIMIT_PER_ADDRESS: '0' };
  const programs = await Promise.all(RUNTIMES.map((runtime) => startCounting(runtime, env)));

  const began = Date.now();
  const users = programs.map((program) => ({ program, statuses: [] as number[], duringOutage: [] as number[] }));
  let isOver = false;
  const load = users.flatMap(({ program, statuses }) =>
    Array.from({ length: 8 }, async () => {
      // At most 400 requests a second for each process. More would only use CPU until it tries the database again.
      for (; !isOver; await wait(20)) statuses.push(await ask(program, 'user-456'));
    }),
  );
  const untilCounted = async (more: number) => {
    const targets = users.map(({ statuses }) => statuses.length + more);
    while (users.some(({ statuses }, at) => statuses.length < (targets[at] ?? 0))) await wait(10);
  };
  await untilCounted(100);
  database = undefined;
  await first.stop();
  for (const socket of sockets) socket.destroy();
  await untilCounted(200);
  for (const { program, duringOutage } of users) {
    // Another user, who is not refused without a query.
    duringOutage.push(...(await Promise.all(Array.from({ length: 60 }, () => ask(program, 'user-mod')))));
    await untilSaid(program, WITHOUT_DATABASE);
  }
  const counted = ({ lines }: Program) => said(lines).filter((line) => line === IN_DATABASE).length;
  const before = programs.map(counted);
  database = second;
  for (const [at, program] of programs.entries()) {
    for (; counted(program) === before[at]; await wait(20)) assert.notEqual(await ask(program, 'user-owner'), 500);
  }
  const [row] = await sql`SELECT count(*)::int AS n FROM "RateLimit"`;
  assert.ok(row?.['n'] >= 1);
  await sql.end();
  isOver = true;
  await Promise.all(load);
  const minutes = 1 + Math.ceil((Date.now() - began) / 60_000);

  const accepted = (all: number[]) => all.filter((status) => status !== 429).length;
  for (const { program, statuses, duringOutage } of users) {
    assert.deepEqual(
      [...new Set([...statuses, ...duringOutage])].filter((status) => ![201, 429, 503].includes(status)),
      [],
    );
    assert.ok(accepted(duringOutage) <= 2 * LIMIT, `${accepted(duringOutage)} during the outage`);
    assert.ok(accepted(statuses) <= 2 * LIMIT * minutes, `${accepted(statuses)} requests`);
    await stop(program);
  }
  gate.close();
  await second.stop();
});
