/** Rate limits in PostgreSQL: shared, bounded, and counted in memory while the database does not count. */
import assert from 'node:assert/strict';
import { mock, type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { LivekitException } from 'livekit-edge';
import { postgresRateLimits } from 'livekit-edge/node';
import type { RateLimiter } from 'livekit-edge/server';
import { postgresStore } from 'livekit-edge/stores/postgres';
import postgres from 'postgres';
import { type CountingBounds, CountingClient } from '../../pkg/dist/server/middleware/counting-client.js';
import { limitsIn } from '../../pkg/dist/server/middleware/postgres-rate-limit.js';
import { sharedConnection } from '../../pkg/dist/server/stores/shared-connection.js';
import { withPostgres } from '../support/with-postgres.ts';

const YES = { success: true };
/** On a busy machine a query may take long. */
const PATIENT = { timeout: 60_000 };
const running = withPostgres(undefined, 4);

/** The limiters of a process with its own connections, and their log lines. */
function processOf(
  count: number,
  bounds: Partial<CountingBounds> = PATIENT,
): { user: RateLimiter; address: RateLimiter; said: string[] } {
  const connection = sharedConnection(running.open(running.server.url));
  assert.ok(connection);
  const said: string[] = [];
  const write = (level: string) => (message: string) => void said.push(`${level}: ${message}`);
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const client = new CountingClient(connection, log, bounds);
  const limits = limitsIn(client)({ RATE_LIMIT_PER_USER: `${count}`, RATE_LIMIT_PER_ADDRESS: `${count}` });
  assert.ok(limits.user && limits.address);
  return { user: limits.user, address: limits.address, said };
}

const accepted = async (answers: ReturnType<RateLimiter['limit']>[]) =>
  (await Promise.all(answers)).filter(({ success }) => success).length;

async function rows(where = 'true'): Promise<number> {
  const [row] = await running.sql.unsafe(`SELECT count(*)::int AS n FROM "RateLimit" WHERE ${where}`);
  return row?.['n'];
}

const points = async (key: string): Promise<number> =>
  (await running.sql`SELECT points FROM "RateLimit" WHERE key = ${key}`)[0]?.['points'];

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(10);
}

/** Moves the clock of the limiters only, starting from the real time. */
function withClock(t: TestContext): (milliseconds: number) => void {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  t.after(() => mock.timers.reset());
  return (milliseconds) => mock.timers.setTime(Date.now() + milliseconds);
}

test('processes share the count of a key, also for concurrent requests', async () => {
  const [one, other] = [processOf(100), processOf(100)];
  const both = Array.from({ length: 200 }, () => [one.user.limit('shared'), other.user.limit('shared')]);
  assert.equal(await accepted(both.flat()), 100);
  for (const { user } of [one, other]) {
    const { success, retryAfter = 0 } = await user.limit('shared');
    assert.equal(success, false);
    assert.ok(Number.isInteger(retryAfter) && retryAfter >= 1 && retryAfter <= 60, `${retryAfter}`);
  }
  assert.deepEqual(await one.user.limit('another'), YES);
  assert.deepEqual(one.said, ['info: Rate limits are counted in PostgreSQL']);
});

test('the count of a key restarts a minute after its first request', async (t) => {
  const tick = withClock(t);
  const [one, other] = [processOf(1), processOf(1)];
  assert.deepEqual(await one.user.limit('minute'), YES);
  tick(20_000);
  assert.deepEqual(await other.user.limit('minute'), { success: false, retryAfter: 40 });
  tick(39_999);
  for (const { user } of [one, other]) assert.deepEqual(await user.limit('minute'), { success: false, retryAfter: 1 });
  tick(1);
  assert.deepEqual(await other.user.limit('minute'), YES);
  assert.equal((await one.user.limit('minute')).success, false);
});

test('users and addresses are counted separately, by the exact key', async () => {
  const { user, address } = processOf(1);
  for (const key of ['', ' ', 'a', 'A', 'a:b', '__proto__', "'; DROP TABLE x", 'é', '\0', 'x'.repeat(256)]) {
    for (const limiter of [user, address]) {
      assert.deepEqual(await limiter.limit(key), YES, key);
      assert.equal((await limiter.limit(key)).success, false, key);
    }
  }
});

test('a key above its limit is refused without a query', async () => {
  const { user } = processOf(3);
  for (let count = 0; count < 100; count++) await user.limit('flood');
  assert.equal(await points('user:flood'), 3);
  // In another process only the first request costs a query.
  const other = processOf(3);
  for (let count = 0; count < 100; count++) assert.equal((await other.user.limit('flood')).success, false);
  assert.equal(await points('user:flood'), 4);
});

test('with a wrong clock, Retry-After is at most a minute', async () => {
  await running.sql`INSERT INTO "RateLimit" VALUES ('user:future', 1, 99999999999999)`;
  assert.deepEqual(await processOf(1).user.limit('future'), { success: false, retryAfter: 60 });
});

test('a flood of keys adds a bounded number of rows, and each key has its limit', async (t) => {
  const tick = withClock(t);
  const { address, said } = processOf(1, { ...PATIENT, maxKeys: 50 });
  const before = await rows();
  for (let key = 0; key < 500; key++) assert.deepEqual(await address.limit(`flood ${key}`), YES);
  assert.equal(await rows(), before + 50);
  for (let key = 0; key < 500; key++) assert.equal((await address.limit(`flood ${key}`)).success, false, `${key}`);
  assert.deepEqual(said, [
    'info: Rate limits are counted in PostgreSQL',
    'warn: Rate limits are counted in this process for a minute: too many clients',
  ]);
  tick(60_000);
  await address.limit('after the flood');
  assert.equal(await points('address:after the flood'), 1);
});

test('expired rows are removed faster than rows are added, and others are kept', async () => {
  await running.sql`
    INSERT INTO "RateLimit" SELECT 'old ' || n, 1, ${Date.now() - 120_000} FROM generate_series(1, 3000) n`;
  await running.sql`
    INSERT INTO "RateLimit" SELECT 'just expired ' || n, 1, ${Date.now()} FROM generate_series(1, 10) n`;
  const { user } = processOf(10_000);
  await user.limit('sweeps');
  await until(async () => (await rows(`key LIKE 'old %'`)) === 2000);
  for (let count = 0; count < 1000; count++) await user.limit('sweeps');
  await until(async () => (await rows(`key LIKE 'old %'`)) === 0);
  assert.equal(await rows(`key LIKE 'just expired %'`), 10);
  assert.equal(await points('user:sweeps'), 1001);
});

test('while the database does not answer no request is delayed, and not every request queries it', async (t) => {
  const { user, said } = processOf(5, {});
  await user.limit('before');
  const tick = withClock(t);
  const locker = await running.sql.reserve();
  await locker`BEGIN`;
  await locker`LOCK TABLE "RateLimit" IN ACCESS EXCLUSIVE MODE`;
  try {
    // These are admitted while the table is locked.
    assert.deepEqual(await user.limit('locked'), YES);
    assert.equal(await accepted(Array.from({ length: 100 }, () => user.limit('locked'))), 4);
    const [asked] = await running.sql`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'livekit-edge' AND wait_event_type = 'Lock'`;
    // The count, and from before the lock the probe and the removal of expired rows.
    assert.ok(asked?.['n'] <= 3, `${asked?.['n']} queries wait`);
    tick(5000);
    assert.equal(await accepted(Array.from({ length: 100 }, () => user.limit('locked later'))), 5);
  } finally {
    await locker`ROLLBACK`;
    locker.release();
  }
  tick(5000);
  await user.limit('back');
  assert.equal(await points('user:back'), 1);
  assert.deepEqual(said, [
    'info: Rate limits are counted in PostgreSQL',
    'warn: Rate limits are counted in this process until PostgreSQL answers',
    'info: Rate limits are counted in PostgreSQL',
  ]);
});

test('a key above its limit stays refused while the database does not answer', async (t) => {
  const { user } = processOf(1);
  await user.limit('refused');
  t.after(() => running.sql`ALTER TABLE "RateLimitElsewhere" RENAME TO "RateLimit"`);
  await running.sql`ALTER TABLE "RateLimit" RENAME TO "RateLimitElsewhere"`;
  assert.deepEqual(await user.limit('other'), YES);
  assert.equal((await user.limit('refused')).success, false);
});

test('without the table each process counts in memory, with one log line, until the table exists', async (t) => {
  const tick = withClock(t);
  await running.sql`ALTER TABLE "RateLimit" RENAME TO "RateLimitElsewhere"`;
  const processes = [processOf(5), processOf(5)];
  try {
    for (const { user, said } of processes) {
      assert.equal(await accepted(Array.from({ length: 50 }, () => user.limit('missing'))), 5);
      tick(5000);
      assert.equal((await user.limit('missing')).success, false);
      assert.deepEqual(said, ['warn: Rate limits are counted in this process until the table RateLimit is there']);
    }
  } finally {
    await running.sql`ALTER TABLE "RateLimitElsewhere" RENAME TO "RateLimit"`;
  }
  tick(5000);
  for (const { user, said } of processes) {
    await user.limit('found');
    assert.equal(said.at(-1), 'info: Rate limits are counted in PostgreSQL');
  }
  assert.equal(await points('user:found'), 2);
});

test("a store with an application's own connections counts there, and a store on another database is an error", async () => {
  const sql = postgres(running.server.url, { max: 1, onnotice: () => {} });
  const limits = postgresRateLimits(postgresStore(sql));
  const env = { RATE_LIMIT_PER_USER: '2', RATE_LIMIT_PER_ADDRESS: '0', LOG_LEVEL: 'warn' };
  const { user, address } = limits(env);
  assert.equal(address, undefined);
  assert.deepEqual(await user?.limit('own'), YES);
  assert.equal(await points('user:own'), 1);
  assert.equal(limits({ ...env }).user, user, 'the count continues');
  await sql.end();
  const store = { facts: () => Promise.reject(new Error('none')) };
  for (const other of [store, postgresStore(running.server.url, { perRequest: true }), undefined, null]) {
    const isRefused = (error: unknown) => error instanceof LivekitException && error.code === 'not_configured';
    assert.throws(() => postgresRateLimits(other as typeof store), isRefused);
  }
});

test('with a closed store requests are counted in memory', async () => {
  const store = running.open(running.server.url);
  const { user } = postgresRateLimits(store)({ RATE_LIMIT_PER_USER: '2', LOG_LEVEL: 'error' });
  await store.close();
  const answers = Array.from({ length: 10 }, () => user?.limit('closed') as ReturnType<RateLimiter['limit']>);
  assert.equal(await accepted(answers), 2);
});
