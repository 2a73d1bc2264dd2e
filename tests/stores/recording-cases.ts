/** Recordings: one claim a room, states in any order, and which recordings are listed (row 71). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RecordingChange, RecordingClaim, RecordingRow, Recordings } from 'livekit-edge/server';
import type { Engine } from '../support/store-engines.ts';

const NOW = 1_800_000_000_000;
const DAY = 24 * 60 * 60 * 1000;
const STATUSES = ['starting', 'active', 'ending', 'complete', 'failed', 'aborted', 'limit_reached'];
const FILE = { name: 'a/ä "b".mp4', location: 'https://b.example/a', size: 123, duration: 4500 };

let rooms = 0;

/** A room for one case, with functions that send its events. */
function newRoom(recordings: Recordings) {
  rooms += 1;
  const number = rooms;
  const room = `recorded-${number}`;
  const egress = (name: string) => `EG_${number}_${name}`;
  const claimOf = (name: string, claimedAt = NOW): RecordingClaim => ({
    id: `claim-${number}-${name}`,
    room,
    userId: `user-${name}`,
    claimedAt,
  });
  const change = (name: string, status: string, changes: Partial<RecordingChange> = {}): RecordingChange => ({
    recordingId: egress(name),
    room,
    status,
    stage: Math.min(STATUSES.indexOf(status), 3),
    startedAt: null,
    endedAt: null,
    changedAt: 1000,
    files: [],
    isAsRequested: true,
    ...changes,
  });
  return {
    room,
    egress,
    claimOf,
    change,
    claim: (name: string, claimedAt?: number) => recordings.claim(claimOf(name, claimedAt)),
    apply: (state: RecordingChange, claim: RecordingClaim | null = null, now = NOW) =>
      recordings.apply(state, claim, now),
    listed: async () =>
      (await recordings.list(room, 100)).map(({ recordingId, status }) => `${recordingId} ${status}`).join(),
    stale: (now = NOW + 1) => recordings.takeStale(room, now, now),
  };
}

export function recordingCases(engine: () => Engine): void {
  const recordings = () => engine().store.recordings;
  const opened = () => newRoom(recordings());

  test('a room has one claim, also with concurrent callers', async () => {
    const room = opened();
    const claims = await Promise.all(Array.from({ length: 20 }, (_, at) => room.claim(`${at}`)));
    assert.equal(claims.filter(Boolean).length, 1);
    assert.equal(await room.claim('later'), false);
    assert.equal(await opened().claim('a'), true, 'another room');
    await recordings().release(room.claimOf('nobody').id);
    assert.equal(await room.claim('later'), false, 'another claim was released');
    await recordings().release(room.claimOf(`${claims.indexOf(true)}`).id);
    assert.equal(await room.claim('later'), true);
  });

  test('a recording that is over ends its claim, and a running one keeps it', async () => {
    const room = opened();
    await room.claim('a');
    for (const status of ['starting', 'active', 'ending']) {
      await room.apply(room.change('1', status), room.claimOf('a'));
      assert.equal(await room.claim('b'), false, status);
      await recordings().release(room.claimOf('a').id);
      assert.equal(await room.claim('b'), false, `${status}: it cannot be released`);
    }
    await room.apply(room.change('1', 'complete'));
    assert.equal(await room.claim('b', NOW + 1), true);
    for (const late of ['active', 'complete']) await room.apply(room.change('1', late));
    assert.equal(await room.claim('c'), false, 'events of the earlier recording do not change the new claim');
    await room.apply(room.change('2', 'failed'), room.claimOf('b', NOW + 1));
    assert.equal(await room.claim('c'), true);
    assert.equal(await room.listed(), `${room.egress('2')} failed,${room.egress('1')} complete`);
  });

  test('a claim with two recordings, whose start was sent twice, ends with the second', async () => {
    const room = opened();
    await room.claim('a');
    for (const name of ['1', '2']) await room.apply(room.change(name, 'active'), room.claimOf('a'));
    await room.apply(room.change('1', 'complete'));
    assert.equal(await room.claim('b'), false);
    assert.equal((await room.stale())?.recordingId, room.egress('2'), 'LiveKit is asked about the running recording');
    await room.apply(room.change('2', 'complete'));
    assert.equal(await room.claim('b'), true);
  });

  test('an end that arrives before the response to the start ends the claim with the response', async () => {
    const room = opened();
    await room.claim('a');
    await room.apply(room.change('1', 'failed'));
    assert.equal(await room.listed(), '', 'a recording that is over is not assigned to the claim');
    assert.equal(await room.claim('b'), false);
    await room.apply(room.change('1', 'starting'), room.claimOf('a'));
    assert.equal(await room.listed(), `${room.egress('1')} failed`);
    assert.equal(await room.claim('b'), true);
  });

  test('concurrent events and the response to a start leave the claim in the state of its recording', async () => {
    for (let time = 0; time < 20; time++) {
      for (const [last, isFree] of [
        ['complete', true],
        ['active', false],
      ] as const) {
        const room = opened();
        await room.claim('a');
        await Promise.all([
          room.apply(room.change('1', 'starting'), room.claimOf('a')),
          ...['starting', 'active', last].map((status) => room.apply(room.change('1', status))),
        ]);
        assert.equal(await room.listed(), `${room.egress('1')} ${last}`);
        assert.equal(await room.claim('b'), isFree, last);
      }
    }
  });

  test('an event of the claimed recording belongs to the claim, and no second recording does', async () => {
    const room = opened();
    await room.claim('a');
    await room.apply(room.change('other', 'active', { isAsRequested: false }));
    assert.equal(await room.listed(), '');
    await room.apply(room.change('1', 'active'));
    await room.apply(room.change('2', 'active'));
    await room.apply(room.change('other', 'active', { changedAt: 2000 }));
    assert.equal(await room.listed(), `${room.egress('1')} active`);
    const [row] = await recordings().list(room.room, 1);
    assert.deepEqual([row?.startedBy, Number(row?.askedAt)], ['user-a', NOW]);
    assert.equal((await room.stale())?.recordingId, room.egress('1'));
    await room.apply(room.change('1', 'starting'), room.claimOf('a'));
    assert.equal(await room.listed(), `${room.egress('1')} active`, 'the response arrives after the event');
  });

  test('a recording that was started elsewhere is neither listed nor found, and removed after a day', async () => {
    const room = opened();
    await room.apply(room.change('1', 'active'));
    await room.apply(room.change('2', 'complete', { isAsRequested: false }));
    assert.equal(await room.listed(), '');
    assert.equal(await recordings().find(room.room, room.egress('1')), null);
    assert.equal(await room.claim('a'), true, 'it does not prevent a start');
    await room.apply(room.change('3', 'active'), room.claimOf('a'));
    const rows = () => engine().database.count('VoiceRecording', { room: room.room });
    assert.equal(await rows(), 3);
    await room.apply(room.change('3', 'active'), null, NOW + DAY);
    assert.equal(await rows(), 3);
    await room.apply(room.change('3', 'active'), null, NOW + DAY + 1);
    assert.equal(await rows(), 1);
    assert.equal(await room.listed(), `${room.egress('3')} active`);
  });

  test('one of several callers gets a stale claim', async () => {
    const room = opened();
    assert.equal(await room.stale(), null, 'there is none');
    await room.claim('a');
    assert.equal(await recordings().takeStale(room.room, NOW + 1, NOW), null, 'it is not stale');
    const taken = await Promise.all(
      Array.from({ length: 10 }, () => recordings().takeStale(room.room, NOW + 2, NOW + 1)),
    );
    assert.deepEqual(
      taken.filter((claim) => claim !== null),
      [{ ...room.claimOf('a'), recordingId: null }],
    );
    await room.apply(room.change('1', 'active'), room.claimOf('a'));
    assert.deepEqual(await room.stale(NOW + 3), { ...room.claimOf('a'), recordingId: room.egress('1') });
  });

  test('a list has the latest recording first, with a limit, each with all its fields', async () => {
    const room = opened();
    for (const name of ['1', '2', '3']) {
      const claimedAt = NOW + Number(name);
      await room.claim(name, claimedAt);
      const over = { startedAt: 7, endedAt: 8, changedAt: 9, files: [FILE] };
      await room.apply(room.change(name, 'complete', over), room.claimOf(name, claimedAt));
    }
    assert.equal(await room.listed(), ['3', '2', '1'].map((name) => `${room.egress(name)} complete`).join());
    assert.equal((await recordings().list(room.room, 2)).length, 2);
    const expected = {
      recordingId: room.egress('2'),
      startedBy: 'user-2',
      askedAt: NOW + 2,
      status: 'complete',
      stage: 3,
      startedAt: 7,
      endedAt: 8,
    };
    const { files, ...found } = await existing(recordings().find(room.room, room.egress('2')));
    assert.deepEqual(pick(found, Object.keys(expected)), expected);
    assert.deepEqual(JSON.parse(String(files)), [FILE]);
    assert.equal(await recordings().find('elsewhere', room.egress('2')), null, 'a recording of another room');
  });

  test('an event with the id of a recording and another room changes nothing', async () => {
    const room = opened();
    await room.claim('a');
    await room.apply(room.change('1', 'active'), room.claimOf('a'));
    await room.apply({ ...room.change('1', 'complete'), room: 'elsewhere' });
    assert.equal(await room.listed(), `${room.egress('1')} active`);
    assert.equal(await room.claim('b'), false);
  });

  test('states have the same result in every order, also repeated', async () => {
    const state = fc.record({
      status: fc.constantFrom(...STATUSES),
      changedAt: fc.integer({ min: 0, max: 3 }),
      startedAt: fc.option(fc.integer({ min: 1, max: 3 })),
      endedAt: fc.option(fc.integer({ min: 1, max: 3 })),
      files: fc.constantFrom([], [FILE]),
    });
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(state, { minLength: 1, maxLength: 5 })
          .chain((states) =>
            fc.tuple(
              fc.constant(states),
              fc.shuffledSubarray([...states, ...states], { minLength: states.length * 2 }),
              fc.nat(states.length * 2),
            ),
          ),
        async (cases) => {
          const [states, shuffled, answeredAt] = cases;
          const run = async (order: typeof states, answerAfter: number) => {
            const room = opened();
            await room.claim('a');
            const answer = () => room.apply(room.change('1', 'starting', { changedAt: 0 }), room.claimOf('a'));
            for (const [at, { status, ...changes }] of order.entries()) {
              if (at === answerAfter) await answer();
              await room.apply(room.change('1', status, { ...changes, isAsRequested: false }));
            }
            if (answerAfter >= order.length) await answer();
            const row = await existing(recordings().find(room.room, room.egress('1')));
            const isFree = await room.claim('b');
            const { status, stage, startedAt, endedAt, files } = row;
            return { status, stage, startedAt, endedAt, files, isFree };
          };
          const first = await run(states, 0);
          assert.deepEqual(await run(shuffled, answeredAt), first);
          assert.equal(first.isFree, first.stage === 3);
        },
      ),
      { numRuns: engine().runs },
    );
  });
}

async function existing(row: Promise<RecordingRow | null>): Promise<RecordingRow> {
  return (await row) ?? assert.fail('it is not found');
}

const pick = (row: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, Reflect.get(row, name)]));
