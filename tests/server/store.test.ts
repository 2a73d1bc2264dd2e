/** A slow, broken or wrong store, and a machine without randomness: 503 or 500, never a token (W19). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  assertError,
  assertToken,
  BANNED,
  FORBIDDEN,
  NOT_GENERATED,
  REVOKED,
  UNAUTHORIZED,
  UNAVAILABLE,
} from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import type { Fault } from '../support/headers.ts';
import { claimsOf } from '../support/livekit-token.ts';
import { now } from '../support/user-token.ts';

const GOOD = { roomId: 'channel-abc123' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('store-worker.ts'), migrate: false, demo: false });
});
after(() => endpoint.stop());

const token = (fault: Fault) => endpoint.token(GOOD, { fault });

async function assertUnavailable(fault: Fault) {
  const what = JSON.stringify(fault);
  assertError(await token(fault), UNAVAILABLE, what);
  assertError(await endpoint.get('/health', { fault }), UNAVAILABLE, what);
  assertError(await endpoint.get('/connection-info', { fault }), UNAVAILABLE, what);
  assertToken(await token({}), `a good request after ${what}`);
}

test('every kind of store works', async () => {
  const answer = await endpoint.token({ ...GOOD, roomId: 'any-channel' });
  assert.equal(claimsOf(assertToken(answer).token).video.room, 'any-channel');
  assertToken(await token({ row: { banned: false, isPrivate: false, isMember: true } }), 'with true and false');
  assertToken(await token({ row: { actions: ['X', 'JOIN_CHANNEL'], timeoutEnds: now() - 1 } }));
});

describe('W19: a store that does not answer in two seconds', () => {
  test('is 503', async () => {
    const started = Date.now();
    const faults: Fault[] = [{ store: 'never' }, { store: 'too late' }];
    const answers = await Promise.all([...faults.map(token), endpoint.get('/health', { fault: { store: 'never' } })]);
    const seconds = (Date.now() - started) / 1000;
    for (const answer of answers) assertError(answer, UNAVAILABLE);
    assert.ok(seconds > 1.9, `${seconds} s`);
    assertToken(await token({}));
  });

  test('delays no other request, and its late answer is ignored', async () => {
    let isOvertaken = false;
    // On a busy machine one request may take two seconds itself.
    for (let tries = 0; tries < 5 && !isOvertaken; tries++) {
      const slow = token({ store: 'too late' });
      const quick = token({});
      isOvertaken = (await Promise.race([slow, quick])) === (await quick);
      assertToken(await quick);
      assertError(await slow, UNAVAILABLE);
    }
    assert.ok(isOvertaken, 'the other request was answered first');
    await new Promise((wake) => setTimeout(wake, 1800));
    assertToken(await token({}));
  });

  test('is waited for until then', async () => {
    assertToken(await token({ store: 'in time' }));
  });
});

describe('W19: a store that answers', () => {
  for (const store of [
    'with an exception',
    'with a rejection',
    'with a rejection of undefined',
    'with undefined',
    'with null',
    'with a number',
    'with a text',
    'with a list',
    'with a map',
    'with an empty object',
    'with a function',
    'with a BigInt',
    'with a time that is no number',
    'with a row of ten megabytes',
    'with a circle',
    'with a getter that throws',
    'with a toJSON that throws',
    'with a proxy that throws',
    'an exception at opening',
    'no store',
    'a store without facts',
  ]) {
    test(store, () => assertUnavailable({ store }));
  }
});

describe('W5, W19: an invalid row is an error, never a default', () => {
  const missing = ['role', 'banned', 'tokenRevoked', 'isPrivate', 'isMember', 'actions', 'identityIsUser'];
  for (const column of missing) {
    test(`without ${column}`, async () => {
      assertError(await token({ without: column }), UNAVAILABLE);
      assertError(await token({ row: { [column]: null } }), UNAVAILABLE);
    });
  }

  for (const column of ['banActive', 'timeoutEnds']) {
    test(`without ${column}, whose null means unknown`, async () => {
      assertError(await token({ without: column }), UNAVAILABLE);
      assertToken(await token({ row: { [column]: null } }));
    });
  }

  const flags = [2, -1, 0.5, '0', '1', 'true', 't', '', {}, [], [0]];
  const times = ['', '0', '2099-01-01T00:00:00Z', -1, 1.5, 1e300, true, {}, []];
  for (const [column, values] of Object.entries({
    banned: flags,
    tokenRevoked: flags,
    isPrivate: flags,
    isMember: flags,
    identityIsUser: flags,
    banActive: flags,
    timeoutEnds: times,
    role: [1, true, {}, []],
    userId: [456, true, {}, ['user-456']],
    channelId: [1, true, {}, ['channel-abc123']],
    groupId: [1, true, {}, ['dm-group-1']],
    actions: ['JOIN_CHANNEL', '["JOIN_CHANNEL"]', {}, 1, true, [1], [null], [['JOIN_CHANNEL']], ['JOIN_CHANNEL', 1]],
  })) {
    test(`${column} of a wrong type`, async () => {
      for (const value of values) assertError(await token({ row: { [column]: value } }), UNAVAILABLE, `${value}`);
      for (const value of times) {
        if (column !== 'banActive') continue;
        assertError(await token({ row: { banActive: 1, banEnds: value } }), UNAVAILABLE, `banEnds ${value}`);
      }
      assertToken(await token({}));
    });
  }
});

test('W1, W8: facts about another user, channel or group allow nothing', async () => {
  for (const [row, error] of [
    [{ userId: 'user-owner' }, UNAUTHORIZED],
    [{ userId: 'USER-456' }, UNAUTHORIZED],
    [{ userId: null, role: null, banned: null }, UNAUTHORIZED],
    [{ channelId: 'channel-private-1' }, FORBIDDEN],
    [{ channelId: 'CHANNEL-ABC123', role: 'OWNER' }, FORBIDDEN],
    [{ channelId: null, isPrivate: null }, FORBIDDEN],
    [{ banned: true }, BANNED],
    [{ banned: 1, tokenRevoked: 1 }, REVOKED],
    [{ role: 'owner', actions: [] }, FORBIDDEN],
  ] as const) {
    assertError(await token({ row }), error, JSON.stringify(row));
  }
  const dm = (row: Record<string, unknown>) => endpoint.post('/dm-token', { roomId: 'dm-group-1' }, { fault: { row } });
  assertToken(await dm({}));
  for (const groupId of [null, 'DM-GROUP-1', 'dm-group-1 ', 'dm-group-2', '']) {
    assertError(await dm({ groupId, role: 'OWNER' }), FORBIDDEN, String(groupId));
  }
});

test('nothing that a store returns is in a response or the log', async () => {
  for (const store of [
    'with an exception',
    'with a rejection',
    'an exception at opening',
    'with a toJSON that throws',
  ]) {
    assert.doesNotMatch((await token({ store })).text, /hunter2/);
  }
  assertToken(await endpoint.token({ roomId: 'the-last-room' }));
  await endpoint.logged('Generated token for user user-456 in room the-last-room');
  assert.doesNotMatch(endpoint.log.join('\n'), /hunter2/);
});

test('rows 43, 45: a token that cannot be issued is 500, and nothing of the reason is returned', async () => {
  const settings = { LIVEKIT_TOKEN_JTI: 'true' };
  assertError(await endpoint.token(GOOD, { settings, fault: { noRandomness: true } }), NOT_GENERATED);
  const [line] = await endpoint.logged('Failed to generate LiveKit token');
  assert.equal(line?.level, 'error');
  assertToken(await endpoint.token(GOOD, { settings }));
  assertToken(await endpoint.token(GOOD, { fault: { noRandomness: true } }), 'no randomness is needed without a jti');
});
