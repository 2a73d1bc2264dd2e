/** A store that cannot answer rejects: it neither hangs nor returns a value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from 'livekit-edge/server';
import type { Engine } from '../support/store-engines.ts';

const QUESTION = { userId: 'user-456', tokenId: null, channelId: 'channel-abc123', groupId: null, identity: null };
const JOINED = {
  eventId: 'EV_fault',
  createdAt: 1,
  change: 'joined',
  room: 'r',
  roomSid: 'RM_fault',
  participant: { sid: 'PA_fault', identity: 'i', name: 'n' },
} as const;

const RECORDING = {
  recordingId: 'EG_fault',
  room: 'r',
  status: 'active',
  stage: 1,
  startedAt: null,
  endedAt: null,
  changedAt: 1,
  files: [],
  isAsRequested: false,
};

const MUTED = { room: 'r', identity: 'i', participantSid: 'PA_fault', isServerMuted: true, askedAt: 1 };

const KICKED = { channelId: 'r', identity: 'i', until: 2, byUserId: 'u', createdAt: 1, heldSince: 1 };

/** Every method of a store. */
const CALLS: Record<string, (store: Store) => Promise<unknown> | undefined> = {
  facts: (store) => store.facts(QUESTION),
  applyPresence: (store) => store.applyPresence?.(JOINED),
  presence: (store) => store.presence?.('r'),
  setServerMuted: (store) => store.setServerMuted?.(MUTED),
  claimReconciliation: (store) => store.claimReconciliation?.('r', 1),
  connections: (store) => store.connections?.('r'),
  correctPresence: (store) => store.correctPresence?.({ room: 'r', roomSid: null, missing: [], joined: [] }, 1),
  roomsToReconcile: (store) => store.roomsToReconcile?.([], 1, 1),
  kick: (store) => store.kick?.(KICKED),
  setLocked: (store) => store.setLocked?.({ channelId: 'r', isLocked: true, byUserId: 'u', changedAt: 1 }),
  addHolder: (store) => store.addHolder?.({ room: 'r', identity: 'i', userId: 'u', issuedAt: 1, heldSince: 1 }),
  roomKind: (store) => store.roomKind?.('r'),
  roomsOfUser: (store) => store.roomsOfUser?.('u', 1),
  holders: (store) => store.holders?.({ room: 'r', identity: 'i', heldSince: 1 }),
  claim: (store) => store.recordings?.claim({ id: 'c', room: 'r', userId: 'u', claimedAt: 1 }),
  release: (store) => store.recordings?.release('c'),
  takeStale: (store) => store.recordings?.takeStale('r', 2, 1),
  apply: (store) => store.recordings?.apply(RECORDING, null, 1),
  list: (store) => store.recordings?.list('r', 1),
  find: (store) => store.recordings?.find('r', 'EG_fault'),
};

export function faultCases(engine: () => Engine): void {
  test('every method of a store that cannot answer rejects, with an error that names the cause', async () => {
    for (const { what, store, name } of await engine().broken()) {
      for (const [call, ask] of Object.entries(CALLS)) {
        const error = await rejection(ask(store));
        assert.ok(error instanceof Error, `${call} of ${what}`);
        if (name !== undefined) assert.equal(error.name, name, `${call} of ${what}`);
      }
    }
  });

  test('a join without a participant rejects, and so does a leave', async () => {
    for (const change of ['joined', 'left'] as const) {
      const error = await rejection(engine().store.applyPresence({ ...JOINED, change, participant: null }));
      assert.ok(error instanceof TypeError);
    }
    assert.deepEqual(await engine().store.presence('r'), []);
  });
}

async function rejection(answer: Promise<unknown> | undefined): Promise<unknown> {
  assert.ok(answer);
  return answer.then(
    () => assert.fail('it answered'),
    (error) => error,
  );
}
