// The gates of `npm test` run side by side: none is left out, and each starts once what it needs is there.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { root } from '../../scripts/lib/paths.mjs';
import { gates as GATES, PARTS } from '../run/gates.mjs';
import { CORES, testOptions } from '../run/options.mjs';
import { schedule, withTools } from '../run/schedule.mjs';
import { tools as TOOLS } from '../run/tools.mjs';

const named = (name: string, more: { heavy?: boolean; needs?: string[] } = {}) => ({ name, ...more });

for (const jobs of [1, 2, 3, 8]) {
  test(`every gate runs once with ${jobs} jobs, of which at most one uses every core`, async () => {
    const gates = Array.from({ length: 20 }, (_, index) => ({ name: `${index}`, index, heavy: index % 3 === 0 }));
    let [running, mostRunning, heavyRunning] = [0, 0, 0];
    const results = await schedule(gates, jobs, async ({ index, heavy }) => {
      running++;
      mostRunning = Math.max(mostRunning, running);
      if (heavy) assert.equal(++heavyRunning, 1);
      for (let turn = 0; turn < (index % 5) + 1; turn++) await setImmediate();
      if (heavy) heavyRunning--;
      running--;
      return index;
    });
    assert.deepEqual(
      results.toSorted((a, b) => a - b),
      gates.map(({ index }) => index),
    );
    assert.equal(mostRunning, Math.min(jobs, 14), 'no place is empty while a gate can start');
  });
}

/** Runs gates with two jobs and returns the order of their starts and ends. */
async function orderOf(gates: ReturnType<typeof named>[]): Promise<string[]> {
  const order: string[] = [];
  await schedule(gates, 2, async ({ name }) => {
    order.push(`start ${name}`);
    await setImmediate();
    order.push(`end ${name}`);
  });
  return order;
}

test('gates that use every core run one after another', async () => {
  const gates = ['1', '2', '3'].map((name) => named(name, { heavy: true }));
  assert.deepEqual(await orderOf(gates), ['start 1', 'end 1', 'start 2', 'end 2', 'start 3', 'end 3']);
});

test('a gate starts after the end of what it needs, and what comes after it need not wait', async () => {
  const gates = [named('tool'), named('first', { needs: ['tool', 'missing'] }), named('second')];
  assert.deepEqual(await orderOf(gates), [
    'start tool',
    'start second',
    'end tool',
    'start first',
    'end second',
    'end first',
  ]);
});

test('gates that need each other are an error, and no run without an end', async () => {
  const gates = [named('a', { needs: ['b'] }), named('b', { needs: ['a'] })];
  await assert.rejects(orderOf(gates), { message: 'These gates need each other: a, b' });
});

test('a gate that throws ends the run, and does not leave the others waiting', async () => {
  const gates = [named('a', { heavy: true }), named('b', { heavy: true }), named('c')];
  const failing = schedule(gates, 2, async () => {
    await setImmediate();
    throw new Error('broken');
  });
  await assert.rejects(failing, { message: 'broken' });
});

test('only tools that gates need are made, each once, before the gates', () => {
  const tools = ['a', 'b', 'c'].map((name) => named(name));
  const gates = [named('first', { needs: ['c'] }), named('second', { needs: ['c', 'a'] })];
  assert.deepEqual(
    withTools(gates, tools).map(({ name }) => name),
    ['a', 'c', 'first', 'second'],
  );
  assert.deepEqual(
    new Set(GATES.flatMap(({ needs = [] }) => needs)),
    new Set(TOOLS.map(({ name }) => name)),
    'each tool is needed, and each need is a tool',
  );
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
  assert.deepEqual(testOptions([], PARTS), { only: undefined, jobs: CORES, busy: 0 });
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
