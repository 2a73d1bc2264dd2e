/** The cache of the identity provider's keys: how often they are fetched, and how long they are used. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  CLAIMS,
  createJwks,
  type Jwks,
  makeKey,
  type Provider,
  refused,
  startProvider,
  unavailable,
} from '../support/jwks-provider.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const [old, next, unknown] = [makeKey('ES256', 'old'), makeKey('ES256', 'next'), makeKey('ES256', 'unknown')];

let provider: Provider;
let jwks: Jwks;
let time: number;
let asked: number;
before(async () => {
  provider = await startProvider();
});
after(() => provider.stop());
beforeEach(() => {
  time = 1_800_000_000_000;
  jwks = createJwks(provider.url, { now: () => time });
  asked = provider.requests;
  provider.list(old.jwk());
});

/** Number of requests to the provider in this test. */
const requests = () => provider.requests - asked;
const down = () => provider.send('down for maintenance', 500);
const letIn = async (token = old.token()) => assert.equal(await jwks.verify(token), JSON.stringify(CLAIMS));

test('the keys are fetched with the first token, and are fresh for 10 minutes', async () => {
  assert.equal(requests(), 0);
  for (const minute of [0, 1, 5, 9.99]) {
    time = 1_800_000_000_000 + minute * MINUTE;
    await letIn();
    assert.equal(requests(), 1, `${minute}`);
  }
  time = 1_800_000_000_000 + 10 * MINUTE;
  await letIn();
  assert.equal(requests(), 2);
});

test('a new key is found after a minute, and a key that is no longer listed is removed', async () => {
  await letIn();
  provider.list(next.jwk());
  time += MINUTE - 1;
  await assert.rejects(jwks.verify(next.token()), refused('unknown_key'));
  assert.equal(requests(), 1);
  time += 1;
  await letIn(next.token());
  assert.equal(requests(), 2);
  await assert.rejects(jwks.verify(old.token()), refused('unknown_key'));
  assert.equal(requests(), 2);
});

test('unknown key ids cause one request a minute, however many there are', async () => {
  await letIn();
  for (let minute = 1; minute <= 5; minute += 1) {
    time += MINUTE;
    for (let i = 0; i < 20; i += 1) {
      await assert.rejects(jwks.verify(unknown.token(CLAIMS, { kid: `${minute}-${i}` })), refused('unknown_key'));
    }
    assert.equal(requests(), minute + 1);
    await letIn();
  }
});

for (const [what, reason, fail] of [
  ['down', 'jwks_unreachable', down],
  ['answering nonsense', 'jwks_invalid', () => provider.send('<html>nonsense')],
] as const) {
  test(`unknown key ids cause one request a minute to a provider that is ${what}`, async () => {
    await letIn();
    fail();
    for (let minute = 1; minute <= 5; minute += 1) {
      time += MINUTE;
      for (let i = 0; i < 20; i += 1) await assert.rejects(jwks.verify(unknown.token()), unavailable(reason));
      assert.equal(requests(), minute + 1);
      // Known keys are not affected.
      await letIn();
    }
    provider.list(unknown.jwk());
    time += MINUTE;
    await letIn(unknown.token());
  });

  test(`without any keys, a provider that is ${what} gets a request every 5 s`, async () => {
    fail();
    for (let i = 0; i < 3; i += 1) {
      await assert.rejects(jwks.verify(old.token()), unavailable(reason));
      time += 5 * SECOND - 1;
      await assert.rejects(jwks.verify(old.token()), unavailable(reason));
      assert.equal(requests(), i + 1);
      time += 1;
    }
    provider.list(old.jwk());
    await letIn();
    assert.equal(requests(), 4);
  });

  test(`while the provider is ${what}, keys are used for one hour and fetched once a minute`, async () => {
    await letIn();
    fail();
    for (let minute = 10; minute < 60; minute += 0.5) {
      time = 1_800_000_000_000 + minute * MINUTE;
      await letIn();
    }
    assert.equal(requests(), 51);
    time = 1_800_000_000_000 + 60 * MINUTE;
    await assert.rejects(jwks.verify(old.token()), unavailable(reason));
    provider.list(old.jwk());
    time += 5 * SECOND;
    await letIn();
  });
}

test('a withdrawn key that is stale verifies no token, not even during the refresh', async () => {
  await letIn();
  provider.list(next.jwk());
  time += 10 * MINUTE;
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => jwks.verify(old.token())));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set(['rejected']));
  assert.equal(requests(), 2);
});

test('if a provider withdraws all its keys, no key verifies', async () => {
  await letIn();
  provider.list();
  time += 10 * MINUTE;
  await assert.rejects(jwks.verify(old.token()), refused('unknown_key'));
});

test('concurrent requests share one fetch: at the start, in a rotation, and in a failure', async () => {
  const many = (token: string) => Promise.allSettled(Array.from({ length: 50 }, () => jwks.verify(token)));
  const count = (answers: PromiseSettledResult<string>[]) => answers.filter((a) => a.status === 'fulfilled').length;
  assert.equal(count(await many(old.token())), 50);
  assert.equal(requests(), 1);
  provider.list(old.jwk(), next.jwk());
  time += MINUTE;
  assert.equal(count(await many(next.token())), 50);
  assert.equal(requests(), 2);
  down();
  time += 60 * MINUTE;
  assert.equal(count(await many(old.token())), 0);
  assert.equal(requests(), 3);
});

test('known keys do not wait for the fetch of others', async () => {
  await letIn();
  provider.handle(() => {});
  time += MINUTE;
  let isWaiting = true;
  const waiting = jwks.verify(unknown.token()).catch(() => {
    isWaiting = false;
  });
  await letIn();
  assert.ok(isWaiting);
  await waiting;
});

test('a clock that is set back does not extend the use of a key', async () => {
  await letIn();
  time -= 24 * 60 * MINUTE;
  down();
  await assert.rejects(jwks.verify(old.token()), unavailable('jwks_unreachable'));
});

test('two providers share nothing', async () => {
  await letIn();
  const other = createJwks(`${provider.url}?other`, { now: () => time });
  provider.list(next.jwk());
  await assert.rejects(other.verify(old.token()), refused('unknown_key'));
  await letIn();
});

test('it uses the given fetch, without redirects and with a signal', async () => {
  const calls: Parameters<typeof fetch>[] = [];
  const ask: typeof fetch = async (...call) => {
    calls.push(call);
    return Response.json({ keys: [old.jwk()] });
  };
  await createJwks('https://login.example.com/jwks', { fetch: ask }).verify(old.token());
  assert.deepEqual(
    calls.map(([url, init]) => [url, init?.redirect, init?.signal instanceof AbortSignal, init?.method]),
    [['https://login.example.com/jwks', 'manual', true, undefined]],
  );
});

test('no timer is left running', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  const ask = async () => Response.json({ keys: [old.jwk()] });
  const fresh = createJwks('https://login.example.com/jwks', { fetch: ask });
  await Promise.all([fresh.verify(old.token()), fresh.verify(old.token())]);
  assert.equal(timers(), before);
});
