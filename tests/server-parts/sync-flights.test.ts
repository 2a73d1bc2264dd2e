/** The runs of a room: one at a time, and no caller waits for one without end. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createFlights, type SyncScope } from '../../pkg/dist/server/rbac/flights.js';

const later = () => Date.now() + 60 * 60_000;
const never = () => new Promise<never>(() => {});

test('waiting calls are merged into one run, about all their users or about all participants', async () => {
  const join = createFlights<number>();
  const runs: SyncScope[] = [];
  const first = Promise.withResolvers<void>();
  const call = (whom: SyncScope) =>
    join('room', whom, later(), async (all) => {
      const run = runs.push(all);
      if (run === 1) await first.promise;
      return run;
    });
  const calls = [new Set(['a']), new Set(['b']), new Set(['c', 'b'])].map(call);
  assert.deepEqual(runs, [new Set(['a'])]);
  first.resolve();
  assert.deepEqual(await Promise.all(calls), [1, 2, 2]);
  assert.deepEqual(runs[1], new Set(['b', 'c']));
  const more = [call('all'), call(new Set(['a'])), call('all')];
  assert.deepEqual(await Promise.all(more), [3, 4, 4]);
  assert.deepEqual(runs.slice(2), ['all', 'all']);
});

test('a caller whose time is up gets no result, and the run continues', async () => {
  const join = createFlights<string>();
  const held = Promise.withResolvers<string>();
  const running = join('room', 'all', later(), () => held.promise);
  assert.equal(await join('room', 'all', Date.now(), never), undefined);
  held.resolve('done');
  assert.equal(await running, 'done');
});

test('an abandoned run, as of a Worker whose client has disconnected, is replaced after a minute', async () => {
  mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  try {
    const join = createFlights<string>();
    const lost = join('room', 'all', later(), never);
    lost.catch(() => {});
    const waiting = join('room', new Set(['a']), later(), async () => 'of the one who waited');
    mock.timers.setTime(Date.now() + 61_000);
    assert.equal(await waiting, 'of the one who waited');
    assert.equal(await join('room', 'all', later(), async () => 'of the next'), 'of the next');
  } finally {
    mock.timers.reset();
  }
});

test('an error rejects all callers that share the run, and is not the result of the next', async () => {
  const join = createFlights<string>();
  const first = join('room', 'all', later(), async () => 'fine');
  const others = [1, 2].map(() =>
    join('room', 'all', later(), async () => {
      throw new Error('of the run');
    }),
  );
  assert.equal(await first, 'fine');
  for (const other of others) await assert.rejects(other, /of the run/);
  assert.equal(await join('room', 'all', later(), async () => 'again'), 'again');
});
