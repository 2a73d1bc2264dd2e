// The dev server's database outlives it: migrations are applied once, and what the Worker logs is handed on.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bundleWorker } from '../../scripts/serve/bundle.mjs';
import { migrations } from '../../scripts/serve/migrations.mjs';
import { startWorker } from '../../scripts/worker.mjs';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-worker-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const entry = join(folder, 'entry.js');
writeFileSync(entry, `export default { fetch(_, env) { console.warn('seen'); return new Response(env.GREETING); } };`);

test('a second start finds the data of the first and applies nothing again', async () => {
  const persist = join(folder, 'data');
  const names = migrations().map(({ name }) => name);
  for (const username of ['alice', 'renamed']) {
    const { db, stop } = await startWorker({ entry, persist, demo: username === 'alice' });
    const applied = await db.prepare('SELECT name FROM d1_migrations ORDER BY id').all();
    assert.deepEqual(
      applied.results.map(({ name }) => name),
      names,
    );
    assert.equal(await db.prepare(`SELECT username FROM "User" WHERE id = 'user-456'`).first('username'), username);
    await db.prepare(`UPDATE "User" SET username = 'renamed' WHERE id = 'user-456'`).run();
    await stop();
  }
});

test('bindings reach the Worker, its console lines reach the caller', async () => {
  const { promise: line, resolve: log } = Promise.withResolvers<{ level: string; message: string }>();
  const { url, stop } = await startWorker({
    entry,
    bindings: { GREETING: 'hello' },
    migrate: false,
    demo: false,
    log,
  });
  assert.equal(await (await fetch(url)).text(), 'hello');
  const { level, message } = await line;
  assert.deepEqual({ level, message }, { level: 'warn', message: 'seen' });
  await stop();
});

test('the Worker carries nothing that only Node and Deno need', async () => {
  const { code } = await bundleWorker();
  assert.match(code, /RATE_LIMIT_ADDRESS/);
  for (const name of ['RateLimiterMemory', 'SQLITE_PATH', 'node:sqlite', 'node-server']) {
    assert.ok(!code.includes(name), name);
  }
});
