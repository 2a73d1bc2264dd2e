/** Responses of the identity provider that arrive during a verification, late, or out of order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLAIMS, createJwks, type Key, makeKey, refused } from '../support/jwks-provider.ts';

const MINUTE = 60_000;
const START = 1_800_000_000_000;
const [old, next] = [makeKey('ES256', 'old'), makeKey('ES256', 'next')];
const OK = JSON.stringify(CLAIMS);

/** A cache whose clock and whose provider's responses the test controls. */
function controlled() {
  const answers: ((...keys: Key[]) => void)[] = [];
  const clock = { time: START };
  const ask = () =>
    new Promise<Response>((resolve) => {
      answers.push((...keys) => resolve(Response.json({ keys: keys.map((key) => key.jwk()) })));
    });
  const jwks = createJwks('https://login.example.com/jwks', { fetch: ask, now: () => clock.time });
  return { jwks, clock, answer: (index: number, ...keys: Key[]) => answers[index]?.(...keys), answers };
}

/** Runs pending callbacks until there is one more request. */
async function asked(answers: unknown[], count: number): Promise<void> {
  while (answers.length < count) await new Promise((wake) => setTimeout(wake, 1));
}

test('a withdrawn key verifies no token at any moment of the refresh', async () => {
  for (let moment = 0; moment < 80; moment += 1) {
    const { jwks, clock, answer, answers } = controlled();
    const first = jwks.verify(old.token());
    await asked(answers, 1);
    answer(0, old);
    assert.equal(await first, OK);
    clock.time += 10 * MINUTE;
    const refreshing = jwks.verify(next.token());
    await asked(answers, 2);
    answer(1, next);
    for (let turn = 0; turn < moment; turn += 1) await null;
    await assert.rejects(jwks.verify(old.token()), refused('unknown_key'), `${moment}`);
    assert.equal(await refreshing, OK);
  }
});

test('a response after its timeout does not replace a later one', async () => {
  const { jwks, clock, answer, answers } = controlled();
  const first = jwks.verify(next.token());
  await asked(answers, 1);
  clock.time += 2500;
  const second = jwks.verify(next.token());
  await asked(answers, 2);
  answer(1, next);
  assert.equal(await second, OK);
  answer(0, old);
  assert.equal(await first, OK);
  await assert.rejects(jwks.verify(old.token()), refused('unknown_key'));
});

test('the age of keys counts from the request', async () => {
  const { jwks, clock, answer, answers } = controlled();
  const first = jwks.verify(old.token());
  await asked(answers, 1);
  clock.time += 1500;
  answer(0, old);
  assert.equal(await first, OK);
  clock.time = START + 10 * MINUTE;
  const late = jwks.verify(old.token());
  await asked(answers, 2);
  answer(1, next);
  await assert.rejects(late, refused('unknown_key'));
});
