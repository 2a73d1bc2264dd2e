/** Webhooks and presence on a store without presence, or a slow, broken or wrong one: 503, and the next request works. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAnswer, assertError, FORBIDDEN, UNAUTHORIZED, UNAVAILABLE } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import type { Fault } from '../support/headers.ts';
import { event, moved, RECEIVED, webhooks } from '../support/webhooks.ts';

const ROOM = 'any-channel';
const ROW = { identity: 'a', name: 'A', joinedAt: 0, isServerMuted: 0 };
const A = { identity: 'a', name: 'A', joinedAt: '1970-01-01T00:00:00.000Z', isServerMuted: false, isAgent: false };
const body = (...participants: object[]) => JSON.stringify({ channelId: ROOM, participants });

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('store-worker.ts'), migrate: false, demo: false });
});
after(() => endpoint.stop());
const post = webhooks(() => endpoint);

const send = (fault: Fault) => post(moved('joined', ROOM, 'a'), { fault });
const presence = (fault: Fault) =>
  endpoint.get(`/channels/${ROOM}/voice-presence`, { fault: { row: { actions: ['READ_CHANNEL'] }, ...fault } });

async function assertWorks(what: string) {
  assertAnswer(await send({ presence: 'rightly' }), 200, RECEIVED, what);
  assertAnswer(await presence({ presence: 'rightly', rows: [ROW] }), 200, body(A), what);
}

test('every kind of store works', async () => {
  await assertWorks('with numbers');
  const rows = [
    { ...ROW, isServerMuted: true, more: 1 },
    { ...ROW, name: '', joinedAt: 8.64e12, isServerMuted: 1, isAgent: 1 },
  ];
  const participants = [
    { ...A, isServerMuted: true },
    { ...A, name: '', joinedAt: '+275760-09-13T00:00:00.000Z', isServerMuted: true, isAgent: true },
  ];
  assertAnswer(await presence({ presence: 'rightly', rows }), 200, body(...participants));
  assertAnswer(await presence({ presence: 'in time', rows: [] }), 200, body());
});

test('a store without presence is 503, after all checks that need no store', async () => {
  assertError(await send({}), UNAVAILABLE);
  assertError(await presence({}), UNAVAILABLE);
  const headers = { Authorization: '' };
  assertError(await post(moved('joined', ROOM, 'a'), { headers }), UNAUTHORIZED);
  assertAnswer(await post(event('track_published', ROOM)), 200, RECEIVED);
  assertError(await presence({ row: {} }), FORBIDDEN);
  await endpoint.logged('The store failed');
});

test('the presence of a store without presence, or of a broken one, cannot be watched', async () => {
  const faults: Fault[] = [{}, { presence: 'never' }, { presence: 'with null' }, { presence: 'with a rejection' }];
  for (const fault of faults) {
    const asking = { fault: { row: { actions: ['READ_CHANNEL'] }, ...fault } };
    assertError(await endpoint.get(`/channels/${ROOM}/voice-presence/events`, asking), UNAVAILABLE);
  }
  assertError(await endpoint.get(`/channels/${ROOM}/voice-presence/events`, { fault: {} }), FORBIDDEN);
});

test('a store that does not answer in two seconds is 503', async () => {
  const started = Date.now();
  const faults: Fault[] = [{ presence: 'never' }, { presence: 'too late' }];
  const answers = await Promise.all([...faults.map(send), ...faults.map(presence), presence({ store: 'never' })]);
  const seconds = (Date.now() - started) / 1000;
  for (const answer of answers) assertError(answer, UNAVAILABLE);
  assert.ok(seconds > 1.9 && seconds < 6, `${seconds} s`);
  await assertWorks('afterwards');
});

describe('a store that answers', () => {
  for (const fault of ['with an exception', 'with a rejection', 'with a rejection of nothing']) {
    test(fault, async () => {
      assertError(await send({ presence: fault }), UNAVAILABLE);
      assertError(await presence({ presence: fault }), UNAVAILABLE);
      await assertWorks('afterwards');
    });
  }

  for (const fault of [
    'with undefined',
    'with null',
    'with a number',
    'with a text',
    'with a list',
    'with a map',
    'with an empty object',
    'with a function',
    'with a circle',
    'with a getter that throws',
    'with a toJSON that throws',
    'with a proxy that throws',
  ]) {
    test(fault, async () => {
      assertError(await presence({ presence: fault, rows: [ROW] }), UNAVAILABLE);
      await assertWorks('afterwards');
    });
  }

  test('with invalid rows', async () => {
    const wrong: Record<string, unknown[]> = {
      identity: [null, 1, true, {}, ['a']],
      name: [null, 1, {}],
      joinedAt: [null, '0', '2025-01-01', 1.5, 1e300, 8.64e12 + 1, -8.64e12 - 1, true, {}],
      isServerMuted: [null, 2, -1, '1', 'true', '', {}, [1]],
      isAgent: [null, 2, '1', 'true', {}],
    };
    for (const [column, values] of Object.entries(wrong)) {
      for (const value of values) {
        const rows = [ROW, { ...ROW, [column]: value }];
        assertError(await presence({ presence: 'rightly', rows }), UNAVAILABLE, `${column} ${value}`);
      }
      // A store may omit agents.
      if (!(column in ROW)) continue;
      const { [column as keyof typeof ROW]: _, ...rest } = ROW;
      assertError(await presence({ presence: 'rightly', rows: [rest] }), UNAVAILABLE, `no ${column}`);
    }
    for (const row of [null, 1, 'a', [], [ROW]]) {
      assertError(await presence({ presence: 'rightly', rows: [row] }), UNAVAILABLE, `${row}`);
    }
    await assertWorks('afterwards');
  });
});

test('nothing that a store returns is in a response or the log', async () => {
  for (const fault of ['with an exception', 'with a rejection', 'with a getter that throws']) {
    for (const answer of [await send({ presence: fault }), await presence({ presence: fault })]) {
      assert.doesNotMatch(answer.text, /hunter2/);
    }
  }
  await assertWorks('afterwards');
  assert.doesNotMatch(endpoint.log.join('\n'), /hunter2/);
});
