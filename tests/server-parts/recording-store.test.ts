/** Recordings on an application's own store, without recordings, broken or wrong: 503, and no recording is lost. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EgressStatus } from '@livekit/protocol';
import { livekit, type RecordingClaim, type Recordings, type Store } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { RECORDED_ALREADY, UNAVAILABLE } from '../support/answers.ts';
import { type EgressServer, startEgressServer } from '../support/egress-server.ts';
import { memberFacts } from '../support/member-facts.ts';
import { RECORDING } from '../support/recording.ts';

const CHANNEL = 'any-channel';
const ROW = {
  recordingId: 'EG_1',
  startedBy: 'user-456',
  askedAt: 0,
  status: 'active',
  stage: 1,
  startedAt: null,
  endedAt: null,
  files: '[{"name":"f","size":1,"duration":1500}]',
};
const STALE = { id: 'claim-1', room: CHANNEL, userId: 'user-456', claimedAt: 0, recordingId: null };

let egress: EgressServer;
before(async () => {
  egress = await startEgressServer();
});
after(() => egress.stop());

/** Valid recordings in memory. */
const good = (): Recordings => {
  const claims: RecordingClaim[] = [];
  return {
    claim: async (claim) => claims.length === 0 && claims.push(claim) === 1,
    release: async () => void claims.pop(),
    takeStale: async () => null,
    apply: async () => {},
    list: async () => [ROW],
    find: async () => ROW,
  };
};

/** An endpoint on the given store. */
function endpointOn(recordings: Recordings | undefined) {
  const facts: Store['facts'] = async ({ userId, channelId }) => ({
    ...memberFacts,
    userId,
    channelId,
    role: 'OWNER',
    actions: [],
  });
  const app = livekit({
    authenticate: () => ({ userId: 'user-456' }),
    store: { facts, ...(recordings === undefined ? {} : { recordings }) },
    settings: () => ({ ...demoSettings, ...RECORDING, LIVEKIT_URL: egress.url, LOG_LEVEL: 'error' }),
  });
  const ask = async (method: string, path = '') => {
    const response = await app.request(`/channels/${CHANNEL}/recordings${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  return { start: () => ask('POST'), list: () => ask('GET'), stop: () => ask('POST', '/EG_1/stop') };
}

test('every kind of store works', async () => {
  const { start, list } = endpointOn(good());
  assert.equal((await start()).status, 201);
  assert.equal((await start()).text, RECORDED_ALREADY);
  const { text } = await list();
  assert.deepEqual(JSON.parse(text).recordings, [
    {
      recordingId: 'EG_1',
      status: 'active',
      startedBy: 'user-456',
      requestedAt: '1970-01-01T00:00:00.000Z',
      files: [{ name: 'f', size: 1, durationSeconds: 1.5 }],
    },
  ]);
});

test('a store without recordings is 503', async () => {
  const { start, list, stop } = endpointOn(undefined);
  for (const ask of [start, list, stop]) assert.equal((await ask()).text, UNAVAILABLE);
});

test('invalid rows are 503', async () => {
  const files = ['', '{}', '[1]', '[{"name":1}]', '[{"name":"f","size":"1","duration":1}]', 1, null];
  const wrong: Record<string, unknown[]> = {
    recordingId: [null, 1],
    startedBy: [null, {}],
    askedAt: [null, '0', 1.5, 1e300, 8.64e15 + 1],
    status: [null, 3],
    stage: [null, 4, '1'],
    startedAt: [undefined, '0', 8.64e12 + 1],
    endedAt: [true, Number.NaN],
    files: [...files, JSON.stringify([{ name: 'f', location: 1, size: 1, duration: 1 }])],
  };
  const rows = Object.entries(wrong).flatMap(([name, values]) => values.map((value) => ({ ...ROW, [name]: value })));
  for (const row of [...rows, 1, 'x', []]) {
    const { list, stop } = endpointOn({ ...good(), list: async () => [row as never], find: async () => row as never });
    for (const ask of [list, stop]) assert.equal((await ask()).text, UNAVAILABLE, JSON.stringify(row));
  }
  for (const rows of [null, 1, {}]) {
    assert.equal((await endpointOn({ ...good(), list: async () => rows as never }).list()).text, UNAVAILABLE);
  }
});

test('invalid claims, and errors, are 503, and nothing is started', async () => {
  egress.calls.length = 0;
  const fail = () => Promise.reject(new Error('hunter2'));
  const stale = [1, {}, { ...STALE, id: 1 }, { ...STALE, claimedAt: 'x' }, { ...STALE, recordingId: 7 }];
  for (const recordings of [
    { claim: fail },
    { claim: () => new Promise<boolean>(() => {}) },
    { claim: async () => false, takeStale: fail },
    ...stale.map((claim) => ({ claim: async () => false, takeStale: async () => claim as never })),
  ]) {
    assert.equal((await endpointOn({ ...good(), ...recordings }).start()).text, UNAVAILABLE);
  }
  for (const claim of [1, 'yes', {}, undefined]) {
    const answer = await endpointOn({ ...good(), claim: async () => claim as never }).start();
    assert.equal(answer.text, RECORDED_ALREADY, 'only true is a claim');
  }
  assert.ok(!egress.calls.some(({ method }) => method === 'StartRoomCompositeEgress'));
});

test('a started recording that cannot be stored is 503, and stopped', async () => {
  egress.egresses.clear();
  const apply = () => Promise.reject(new Error('hunter2'));
  assert.equal((await endpointOn({ ...good(), apply }).start()).text, UNAVAILABLE);
  assert.deepEqual(
    [...egress.egresses.values()].map(({ status }) => status),
    [EgressStatus.EGRESS_ENDING],
  );
});
