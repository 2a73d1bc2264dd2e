// The gates of `npm test` may run side by side, but none is left out and cargo's never wait for each other in a place.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { root } from '../../scripts/lib/paths.mjs';
import { gates as GATES, PARTS } from '../../scripts/test/gates.mjs';
import { testOptions } from '../../scripts/test/options.mjs';
import { schedule } from '../../scripts/test/schedule.mjs';

for (const jobs of [1, 2, 3, 8]) {
  test(`every gate runs once with ${jobs} jobs, of which at most one is cargo's`, async () => {
    const gates = Array.from({ length: 20 }, (_, index) => ({ index, cargo: index % 3 === 0 }));
    let [running, mostRunning, cargoRunning] = [0, 0, 0];
    const results = await schedule(gates, jobs, async ({ index, cargo }) => {
      running++;
      mostRunning = Math.max(mostRunning, running);
      if (cargo) assert.equal(++cargoRunning, 1);
      for (let turn = 0; turn < (index % 5) + 1; turn++) await setImmediate();
      if (cargo) cargoRunning--;
      running--;
      return index;
    });
    assert.deepEqual(
      results.toSorted((a, b) => a - b),
      gates.map(({ index }) => index),
    );
    assert.ok(mostRunning <= jobs);
    if (jobs > 1) assert.ok(mostRunning > 1);
  });
}

test('gates of cargo alone run one after another', async () => {
  const order: string[] = [];
  await schedule(
    [1, 2, 3].map((name) => ({ name, cargo: true })),
    2,
    async ({ name }) => {
      order.push(`start ${name}`);
      await setImmediate();
      order.push(`end ${name}`);
    },
  );
  assert.deepEqual(order, ['start 1', 'end 1', 'start 2', 'end 2', 'start 3', 'end 3']);
});

test('a gate that throws ends the run, and does not leave the others waiting', async () => {
  const failing = schedule([{ cargo: true }, { cargo: true }, {}], 2, async () => {
    await setImmediate();
    throw new Error('broken');
  });
  await assert.rejects(failing, { message: 'broken' });
});

test('every test file is in one gate for each platform that it runs on', () => {
  const names = GATES.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.equal(GATES.filter(({ part }) => part === 'http').length, 4);
  const runs = new Map<string, number>();
  for (const file of GATES.flatMap(({ files = [] }) => files)) runs.set(file, (runs.get(file) ?? 0) + 1);
  const files = globSync('tests/**/*.test.ts', { cwd: root, exclude: (name) => name === 'node_modules' });
  assert.deepEqual([...runs.keys()].sort(), files.sort());
  for (const [file, count] of runs) assert.equal(count, file.startsWith('tests/server/') ? 4 : 1, file);
  for (const part of ['fmt', 'lint', 'types', 'rust', 'core', 'e2e', 'scripts', 'stores', 'www', 'readme']) {
    assert.ok(PARTS.includes(part), part);
  }
});

test('options are parsed, and anything else is refused in one sentence that names what is known', () => {
  assert.deepEqual(testOptions([], PARTS), { only: undefined, jobs: 1, busy: 0 });
  assert.deepEqual(testOptions(['--only', 'http,core', '--jobs=2', '--busy', '4'], PARTS), {
    only: ['http', 'core'],
    jobs: 2,
    busy: 4,
  });
  for (const args of [['--only', 'nothing'], ['--only', ''], ['--only=,']]) {
    assert.throws(() => testOptions(args, PARTS), { message: /^--only takes some of these, .*\bcore\b.*\bhttp\b/ });
  }
  for (const jobs of ['0', '-1', '1.5', 'two', '65', '']) {
    assert.throws(() => testOptions([`--jobs=${jobs}`], PARTS), { message: '--jobs takes an integer from 1 to 64' });
  }
  assert.throws(() => testOptions(['--fast'], PARTS), { message: /--fast/ });
});
