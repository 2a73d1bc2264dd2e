/** One process for several applications, whose users may have the same ids: the limits of one do not affect the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LivekitOptions, livekit, memoryFeeds, type Store } from 'livekit-edge/server';
import { memoryRateLimiter } from '../../pkg/dist/server/middleware/memory-rate-limit.js';
import { memberFacts } from '../support/member-facts.ts';

const newStore = (): Store => ({
  facts: async ({ userId, channelId }) => ({ ...memberFacts, userId, channelId, actions: ['READ_CHANNEL'] }),
  presence: async () => [],
});

type Tenants = LivekitOptions<{ TENANT: string }>;

/** An app of the tenants `a` and `b`, and a function that sends requests of one of them. */
function serve(options: Partial<Tenants>) {
  const stores = new Map(['a', 'b'].map((tenant) => [tenant, newStore()]));
  const app = livekit<{ TENANT: string }>({
    authenticate: () => ({ userId: 'user-1' }),
    settings: ({ req }) => ({ TENANT: req.header('X-Tenant'), LOG_LEVEL: 'error' }),
    store: ({ TENANT }) => stores.get(TENANT) ?? assert.fail(),
    ...options,
  });
  return (tenant: string, path: string) =>
    app.request(`/channels/general/voice-presence${path}`, { headers: { 'X-Tenant': tenant } });
}

test('a user with 20 streams does not affect the user with the same id in another store', async () => {
  const presenceFeeds = memoryFeeds();
  const ask = serve({ presenceFeeds });
  const open: Response[] = [];
  for (const tenant of ['a', 'b']) {
    for (let count = 0; count < 20; count += 1) {
      const response = await ask(tenant, '/events');
      assert.equal(response.status, 200, `${tenant} ${count}`);
      open.push(response);
    }
    assert.equal((await ask(tenant, '/events')).status, 429, tenant);
  }
  await open.pop()?.body?.cancel();
  assert.equal((await ask('a', '/events')).status, 429);
  const again = await ask('b', '/events');
  assert.equal(again.status, 200);
  for (const { body } of [...open, again]) await body?.cancel();
  await presenceFeeds.close();
});

test('a user may have 20 streams also if the store is opened for each request', async () => {
  const presenceFeeds = memoryFeeds();
  const ask = serve({ presenceFeeds, store: () => newStore() });
  const open: Response[] = [];
  for (let count = 0; count < 20; count += 1) open.push(await ask('a', '/events'));
  assert.deepEqual(new Set(open.map(({ status }) => status)), new Set([200]));
  assert.equal((await ask('a', '/events')).status, 429);
  await open.pop()?.body?.cancel();
  open.push(await ask('a', '/events'));
  assert.equal(open.at(-1)?.status, 200);
  for (const { body } of open) await body?.cancel();
  await presenceFeeds.close();
});

test('rate limits by a function of the environment are separate for each application', async () => {
  const limits = new Map(['a', 'b'].map((tenant) => [tenant, { user: memoryRateLimiter(2) }]));
  const ask = serve({ rateLimit: ({ TENANT }) => limits.get(TENANT) ?? assert.fail() });
  for (const tenant of ['a', 'b']) {
    const statuses = [await ask(tenant, ''), await ask(tenant, ''), await ask(tenant, '')].map(({ status }) => status);
    assert.deepEqual(statuses, [200, 200, 429], tenant);
  }
});
