/** The specification's controller tests, and the order of refusals, on the endpoint without a Worker. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FactsRow, livekit } from 'livekit-edge/server';
import { claimsOf } from '../support/livekit-token.ts';
import { memberFacts } from '../support/member-facts.ts';
import { userToken } from '../support/user-token.ts';

const SETTINGS = {
  LIVEKIT_API_KEY: 'api-key',
  LIVEKIT_API_SECRET: 'a-LiveKit-secret-of-over-32-bytes',
  LIVEKIT_URL: 'wss://livekit.example.com',
  JWT_SECRET: 'a-user-token-secret-of-over-32-bytes',
  LOG_LEVEL: 'error',
};
// On Node the endpoint has the settings of the process.
Object.assign(process.env, SETTINGS);

/** Sends a request as user-456; returns the status, the response and the calls of the store. */
async function ask(body: object, facts: Partial<FactsRow> = {}) {
  const questions: object[] = [];
  const store = {
    facts: async (question: object) => {
      questions.push(question);
      return { ...memberFacts, ...facts };
    },
  };
  const headers = { Authorization: `Bearer ${userToken('user-456', { jti: 'token-1' }, SETTINGS.JWT_SECRET)}` };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await livekit({ store }).request('/token', request);
  return { status: response.status, answer: await response.json(), questions };
}

describe("rows 56-58: the specification's controller tests", () => {
  test('rows 16, 20: should use authenticated user ID as default identity', async () => {
    const { status, answer } = await ask({ roomId: 'channel-123' });
    assert.deepEqual([status, answer.roomId, answer.identity], [201, 'channel-123', 'user-456']);
    const { sub, name, video, exp, nbf } = claimsOf(answer.token);
    assert.deepEqual([sub, name, video.room, exp - nbf], ['user-456', 'user-456', 'channel-123', 3600]);
  });

  test('row 17: should preserve provided identity', async () => {
    const { answer } = await ask({ roomId: 'channel-123', identity: 'custom-identity' });
    assert.deepEqual([answer.identity, claimsOf(answer.token).sub], ['custom-identity', 'custom-identity']);
  });
});

test('row 6: the store is called once, with the caller, the token, the channel and the identity', async () => {
  const expected = {
    userId: 'user-456',
    tokenId: 'token-1',
    sessionId: null,
    channelId: 'channel-123',
    groupId: null,
    identity: 'custom-identity',
  };
  const body = { roomId: 'channel-123', identity: 'custom-identity' };
  assert.deepEqual((await ask(body)).questions, [expected]);
  assert.deepEqual((await ask({ roomId: 'channel-123' })).questions, [{ ...expected, identity: null }]);
});

test('W6: only strings of a valid length are looked up', async () => {
  for (const value of [{ not: 'x' }, ['channel-123'], 7, true, '', ' ', 'x'.repeat(257), 'a\u0000b']) {
    const { status, questions } = await ask({ roomId: value, identity: value });
    assert.equal(status, 400);
    assert.deepEqual(questions, [
      { userId: 'user-456', tokenId: 'token-1', sessionId: null, channelId: null, groupId: null, identity: null },
    ]);
  }
});

test('row 5: the order of refusals is 401, 400, 403, and 503 without facts', async (t) => {
  const log = t.mock.method(console, 'error', () => {});
  const status = async (body: object, facts: Partial<FactsRow>) => (await ask(body, facts)).status;
  const nobody = { userId: null, role: null, banned: null };
  assert.equal(await status({}, { ...nobody, actions: [] }), 401);
  assert.equal(await status({}, { actions: [] }), 400);
  assert.equal(await status({ roomId: 'channel-123' }, { actions: [] }), 403);
  assert.equal(await status({ roomId: 'channel-123' }, {}), 201);
  assert.equal(await status({}, { ...nobody, actions: 'none' }), 503);
  assert.equal(log.mock.callCount(), 1);
});
