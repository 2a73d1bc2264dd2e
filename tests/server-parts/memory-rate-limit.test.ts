/** Rate limits that are counted in a process: counts, times and number of keys. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mock, test } from 'node:test';
import { memoryRateLimiter, memoryRateLimits } from '../../pkg/dist/server/middleware/memory-rate-limit.js';

const YES = { success: true };

/** With a clock that the test controls. */
async function withClock(run: (tick: (milliseconds: number) => void) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_760_000_000_000 });
  try {
    await run((milliseconds) => mock.timers.tick(milliseconds));
  } finally {
    mock.timers.reset();
  }
}

test('the minute of a key begins with its first request, and later requests do not extend it', () =>
  withClock(async (tick) => {
    const limiter = memoryRateLimiter(2, 60);
    assert.deepEqual(await limiter.limit('a'), YES);
    tick(10_000);
    assert.deepEqual(await limiter.limit('a'), YES);
    for (const [wait, retryAfter] of [
      [0, 50],
      [1, 50],
      [999, 49],
      [48_500, 1],
    ] as const) {
      tick(wait);
      assert.deepEqual(await limiter.limit('a'), { success: false, retryAfter });
      assert.deepEqual(await limiter.limit(`other after ${wait}`), YES);
    }
    tick(499);
    assert.deepEqual(await limiter.limit('a'), { success: false, retryAfter: 1 });
    tick(1);
    assert.deepEqual(await limiter.limit('a'), YES);
  }));

test('retryAfter is exact: a request is refused before it, and admitted after it', () =>
  withClock(async (tick) => {
    for (const offset of [0, 1, 1234, 30_000, 59_999]) {
      const limiter = memoryRateLimiter(1);
      await limiter.limit('a');
      tick(offset);
      const { success, retryAfter = 0 } = await limiter.limit('a');
      assert.equal(success, false);
      assert.ok(Number.isInteger(retryAfter) && retryAfter >= 1 && retryAfter <= 60, `${retryAfter}`);
      tick((retryAfter - 1) * 1000);
      assert.equal((await limiter.limit('a')).success, false);
      tick(1000);
      assert.deepEqual(await limiter.limit('a'), YES);
    }
  }));

test('concurrent requests are all counted', async () => {
  const limiter = memoryRateLimiter(100);
  const answers = await Promise.all(Array.from({ length: 1000 }, () => limiter.limit('a')));
  assert.equal(answers.filter(({ success }) => success).length, 100);
  assert.equal((await limiter.limit('b')).success, true);
});

test('keys are counted separately, whatever they are', async () => {
  const limiter = memoryRateLimiter(1);
  for (const key of ['', ' ', 'a', 'A', 'a:b', '__proto__', 'constructor', 'toString', '0', 'é', 'x'.repeat(10_000)]) {
    assert.deepEqual(await limiter.limit(key), YES, key.slice(0, 20));
    assert.equal((await limiter.limit(key)).success, false, key.slice(0, 20));
  }
});

test('of too many keys the oldest is removed, and a key that is still used keeps its count', () =>
  withClock(async (tick) => {
    const limiter = memoryRateLimiter(1, 60, 3);
    for (const key of ['a', 'b', 'c']) {
      await limiter.limit(key);
      tick(1000);
    }
    assert.equal((await limiter.limit('a')).success, false);
    await limiter.limit('d');
    for (const key of ['b', 'c', 'd']) assert.equal((await limiter.limit(key)).success, false, key);
    // A key whose minute begins again is the youngest.
    tick(58_000);
    assert.deepEqual(await limiter.limit('b'), YES);
    await limiter.limit('e');
    assert.equal((await limiter.limit('b')).success, false);
  }));

test('a million addresses take bounded memory and little time', () => {
  const { megabytes, atFirst, later } = JSON.parse(
    run(
      `const megabytes = () => {
        gc();
        return process.memoryUsage().heapUsed / 1e6;
      };
      const limiter = memoryRateLimiter(10);
      async function flood(from, to) {
        const start = performance.now();
        for (let at = from; at < to; at++) await limiter.limit(\`2001:db8:\${at >> 16}:\${at & 65535}::/64\`);
        return (performance.now() - start) / (to - from);
      }
      const before = megabytes();
      const atFirst = await flood(0, 100_000);
      const later = await flood(100_000, 1_000_000);
      console.log(JSON.stringify({ megabytes: megabytes() - before, atFirst, later }));`,
    ),
  );
  // 50 000 are kept, in about 30 MB; a million would take twenty times as much.
  assert.ok(megabytes < 75, `${megabytes} MB`);
  // A removal must not search for the client.
  assert.ok(later < 15 * atFirst, `${later} and ${atFirst} ms for a request`);
});

test('the settings set the limits; the counts continue until a setting changes', async () => {
  const limits = memoryRateLimits();
  const env = { RATE_LIMIT_PER_USER: '1', RATE_LIMIT_PER_ADDRESS: '2' };
  assert.deepEqual(await limits(env).user?.limit('a'), YES);
  assert.deepEqual(await limits(env).address?.limit('a'), YES);
  assert.equal((await limits({ ...env }).user?.limit('a'))?.success, false);
  assert.deepEqual(await limits(env).address?.limit('a'), YES);
  assert.equal((await limits({ ...env, OTHER: '1' }).address?.limit('a'))?.success, false);
  assert.deepEqual(limits({ RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0' }), {
    user: undefined,
    address: undefined,
  });
  for (const [settings, count] of [
    [{}, 60],
    [{ RATE_LIMIT_PER_USER: 'x' }, 60],
    [{ RATE_LIMIT_PER_USER: '5' }, 5],
  ] as const) {
    const { user } = memoryRateLimits()(settings);
    const answers = await Promise.all(Array.from({ length: 100 }, () => user?.limit('a')));
    assert.equal(answers.filter((answer) => answer?.success).length, count);
  }
  const { address } = memoryRateLimits()({});
  const answers = await Promise.all(Array.from({ length: 1000 }, () => address?.limit('a')));
  assert.equal(answers.filter((answer) => answer?.success).length, 600);
});

test('a limiter does not keep a process running', () => {
  assert.equal(run(`console.log((await memoryRateLimiter(1).limit('a')).success)`), 'true\n');
});

/** The output of a separate process; fails if the process does not end. */
function run(script: string): string {
  const module = new URL('../../pkg/dist/server/middleware/memory-rate-limit.js', import.meta.url).href;
  const program = `import { memoryRateLimiter } from '${module}';\n${script}`;
  const args = ['--expose-gc', '--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
}
