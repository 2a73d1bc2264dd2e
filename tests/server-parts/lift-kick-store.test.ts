/** DELETE /channels/:channelId/kick-participant on an application's own store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livekit, type Store } from 'livekit-edge/server';
import { memberFacts } from '../support/member-facts.ts';

const ROW = { ...memberFacts, userId: 'user-mod', channelId: 'general', actions: ['KICK_USER'] };

const UNREACHED = async () => assert.fail('not asked');

/** The status of a request to lift a kick, and the lines of the log. */
async function lift(store: Partial<Store>) {
  const app = livekit({
    authenticate: () => ({ userId: 'user-mod' }),
    settings: () => ({ LOG_LEVEL: 'error' }),
    store: { facts: async () => ROW, kick: UNREACHED, setLocked: UNREACHED, ...store },
  });
  const path = '/channels/general/kick-participant?participantIdentity=CANARY';
  return (await app.request(path, { method: 'DELETE' })).status;
}

test('a store gets the channel and the identity, and its result is ignored', async () => {
  const asked: unknown[] = [];
  for (const answer of [undefined, null, 0, 'x', {}]) {
    const liftKick = async (lifted: unknown) => {
      asked.push(lifted);
      return answer as undefined;
    };
    assert.equal(await lift({ liftKick }), 200);
  }
  assert.deepEqual(asked, Array(5).fill({ channelId: 'general', identity: 'CANARY' }));
});

test('a store without liftKick, or one that fails, is 503, and the log does not quote the identity', async (t) => {
  const { mock } = t.mock.method(console, 'error', () => {});
  const rejected = () => Promise.reject(new Error('CANARY'));
  const thrown = () => {
    throw new Error('CANARY');
  };
  for (const store of [{}, { liftKick: rejected }, { liftKick: thrown }]) assert.equal(await lift(store), 503);
  assert.ok(mock.callCount() > 0);
  assert.doesNotMatch(JSON.stringify(mock.calls.map(({ arguments: line }) => line)), /CANARY/);
});

test('liftKick is not called if the moderator is kicked', async () => {
  const facts = async () => ({ ...ROW, kickedUntil: Math.floor(Date.now() / 1000) + 60 });
  assert.equal(await lift({ facts, liftKick: UNREACHED }), 403);
});
