/** A fetch handler on workerd and on Deno. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorker } from '../../scripts/worker.mjs';
import { bundleForBrowsers } from '../runtime/bundle.ts';

/** Runs a script on workerd and checks it by its URL. */
export async function onWorkerd(script: string, check: (url: string) => Promise<void>): Promise<void> {
  const worker = await startWorker({ entry: script, migrate: false, demo: false, bindings: {} });
  try {
    await check(worker.url);
  } finally {
    await worker.stop();
  }
}

/** Runs a script on Deno, with permission only for this machine and for the given arguments, and checks it. */
export async function onDeno(
  deno: string,
  permissions: readonly string[],
  script: string,
  check: (url: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-deno-'));
  const bundle = join(folder, 'script.js');
  writeFileSync(bundle, await bundleForBrowsers(script));
  const args = ['serve', '--host=127.0.0.1', '--port=0', '--no-prompt', '--cached-only', '--no-lock'];
  const server = spawn(deno, [...args, '--allow-net=127.0.0.1', ...permissions, bundle], {
    env: { ...process.env, DENO_DIR: join(folder, '.deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    let said = '';
    for await (const part of server.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      said += part;
      if (/http:\S+:\d+\//.test(said)) break;
    }
    server.stderr.resume();
    const url = said.match(/http:\S+:\d+\//)?.[0];
    assert.ok(url, said);
    await check(url);
  } finally {
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}
