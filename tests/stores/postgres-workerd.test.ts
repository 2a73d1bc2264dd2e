/** The PostgreSQL store on workerd, behind a Hyperdrive binding. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { bundleWorker } from '../../scripts/serve/bundle.mjs';
import { COMPATIBILITY_DATE } from '../../scripts/worker.mjs';
import { supportScript } from '../support/endpoint.ts';
import { untilDisconnected, withPostgres } from '../support/with-postgres.ts';

let worker: Miniflare;
let url: URL;
const running = withPostgres(async ({ server }) => {
  const { code, wasm } = await bundleWorker(supportScript('postgres-worker.ts'));
  worker = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.WARN),
    workers: [
      {
        config: {
          name: 'postgres',
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: ['nodejs_compat'],
          manifest: {
            mainModule: 'worker.js',
            modules: {
              'worker.js': { type: 'esm', contents: code },
              ...Object.fromEntries(Object.entries(wasm).map(([name, contents]) => [name, { type: 'wasm', contents }])),
            },
          },
          env: { HYPERDRIVE: { type: 'hyperdrive', id: 'test', dev: { connectionString: server.url } } },
        },
      },
    ],
  });
  url = await worker.ready;
});
after(() => worker?.dispose());

async function get(query: string): Promise<string> {
  const response = await fetch(new URL(`/?${query}`, url));
  return response.text();
}

test('consecutive and concurrent requests are answered', async () => {
  for (const user of ['user-456', 'user-mod', 'user-456']) {
    assert.equal(JSON.parse(await get(`user=${user}`)).userId, user);
  }
  const users = Array.from({ length: 20 }, (_, index) => (index % 2 ? 'user-456' : 'user-789'));
  const answers = await Promise.all(users.map((user) => get(`user=${user}`)));
  assert.deepEqual(
    answers.map((answer) => JSON.parse(answer).userId),
    users,
  );
});

test('presence is stored and read', async () => {
  assert.deepEqual(JSON.parse(await get('room=r&user=ann')), [
    { identity: 'ann', name: 'ann', joinedAt: 1, isServerMuted: false, isAgent: false },
  ]);
  assert.equal(JSON.parse(await get('room=r&user=ben')).length, 2);
});

test('a query that takes too long is given up, and no connection stays open', async () => {
  await running.sql.begin(async (locker) => {
    await locker`LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE`;
    assert.equal(await get('user=user-456'), 'the database did not answer in time');
  });
  assert.equal(JSON.parse(await get('user=user-456')).userId, 'user-456');
  await untilDisconnected(running.sql);
});
