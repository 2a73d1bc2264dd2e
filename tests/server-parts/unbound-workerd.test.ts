// On workerd, an endpoint that is called without bindings responds like one without settings.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startWorker } from '../../scripts/worker.mjs';

test('without bindings the routes respond, and no token is issued', async () => {
  const entry = join(import.meta.dirname, '..', 'support', 'unbound-worker.ts');
  const worker = await startWorker({ entry, migrate: false, demo: false, bindings: {} });
  try {
    const answer = async (path: string) => {
      const response = await fetch(new URL(path, worker.url));
      return [response.status, await response.text()];
    };
    assert.deepEqual(await answer('/livez'), [200, 'ok']);
    assert.deepEqual(await answer('/health'), [200, '{"status":"unhealthy","configured":false}']);
    const [status, body] = await answer('/token');
    assert.equal(status, 403, String(body));
  } finally {
    await worker.stop();
  }
});
