/** The rate limits of Workers: real bindings, as in wrangler.jsonc, counted by workerd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorker } from '../../scripts/worker.mjs';
import { TOO_MANY } from '../support/answers.ts';
import { untilMinuteHas } from '../support/minute.ts';
import { userToken } from '../support/user-token.ts';

async function asker(t: { after(stop: () => unknown): void }, rateLimits: Record<string, number>) {
  const { mf, stop } = await startWorker({ rateLimits });
  t.after(stop);
  await untilMinuteHas(15);
  return async (as: string, address?: string) => {
    const response = await mf.dispatchFetch('http://localhost/api/livekit/connection-info', {
      headers: {
        Authorization: `Bearer ${userToken(as)}`,
        ...(address === undefined ? {} : { 'CF-Connecting-IP': address }),
      },
    });
    const text = await response.text();
    if (response.status === 429) {
      assert.equal(text, TOO_MANY);
      assert.equal(response.headers.get('retry-after'), '60');
    }
    return response.status;
  };
}

/** The statuses of consecutive requests. */
async function statuses(count: number, ask: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  while (all.length < count) all.push(await ask());
  return all;
}

test('RATE_LIMIT_USER counts by user', async (t) => {
  const ask = await asker(t, { RATE_LIMIT_USER: 3 });
  assert.deepEqual(await statuses(5, () => ask('user-456')), [200, 200, 200, 429, 429]);
  assert.equal(await ask('user-789'), 200);
});

test('RATE_LIMIT_ADDRESS counts by the address from Cloudflare, IPv6 by its /64', async (t) => {
  const ask = await asker(t, { RATE_LIMIT_ADDRESS: 2 });
  assert.deepEqual(await statuses(3, () => ask('user-456', '192.0.2.1')), [200, 200, 429]);
  assert.equal(await ask('user-789', '192.0.2.1'), 429);
  assert.equal(await ask('user-456', '192.0.2.2'), 200);
  let host = 0;
  const next = () => ask('user-456', `2001:db8::${++host}`);
  assert.deepEqual(await statuses(3, next), [200, 200, 429]);
  assert.equal(await ask('user-456', '2001:db8:0:1::1'), 200);
});

test('without bindings there are no limits', async (t) => {
  const ask = await asker(t, {});
  assert.deepEqual([...new Set(await statuses(80, () => ask('user-456', '192.0.2.1')))], [200]);
});
