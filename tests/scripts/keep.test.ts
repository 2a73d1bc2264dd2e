/** The tests' PostgreSQL and its folder do not outlive the process that started it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

const SERVER = new URL('../support/postgres/server.mjs', import.meta.url).href;

/** Whether something listens on a port. */
const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

test('PostgreSQL and its folder are gone after its starter was killed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-keep-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // PostgreSQL runs as another user.
  chmodSync(folder, 0o755);
  const script = `const { startPostgres } = await import(${JSON.stringify(SERVER)});
console.log((await startPostgres()).url);
setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const [url] = await once(owner.stdout.setEncoding('utf8'), 'data');
  const port = Number(new URL(url).port);
  assert.ok(await listens(port));
  assert.equal(readdirSync(folder).length, 1);
  owner.kill('SIGKILL');
  while (await listens(port)) await wait(50);
  while (readdirSync(folder).length > 0) await wait(50);
});
