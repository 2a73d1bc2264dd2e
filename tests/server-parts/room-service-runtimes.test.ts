/** RoomService on workerd and Deno: their fetch, their streams and their timers. Node runs the other tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorker } from '../../scripts/worker.mjs';
import { bundleForBrowsers } from '../runtime/bundle.ts';
import { deno } from '../runtime/programs.ts';
import { type Behaviour, MICROPHONE, startFakeLivekit } from './fake-livekit.ts';
import { MISBEHAVIOURS } from './misbehaviours.ts';

const SCRIPT = fileURLToPath(new URL('room-service-script.ts', import.meta.url));
const HANGS: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{');
};

async function check(url: string) {
  const livekit = await startFakeLivekit('/sfu');
  const act = async (what: 'mute' | 'remove', behave?: Behaviour) => {
    const method = what === 'mute' ? 'GetParticipant' : 'RemoveParticipant';
    livekit.behaviours.delete(method);
    if (behave !== undefined) livekit.behaviours.set(method, behave);
    return (await fetch(`${url}?${what}&livekit=${encodeURIComponent(livekit.url)}`)).text();
  };
  try {
    assert.equal(await act('mute'), '404 participant_not_found undefined');
    livekit.participants.set('alice', { identity: 'alice', tracks: [MICROPHONE] });
    assert.equal(await act('mute'), 'done');
    assert.ok(livekit.calls.every(({ headers }) => headers.authorization === 'Bearer a.b.c'));
    for (const { name, behave, reason } of MISBEHAVIOURS) {
      assert.equal(await act('remove', behave), `502 livekit_unavailable ${reason}`, name);
    }
    const late = '504 livekit_timeout undefined';
    assert.deepEqual(await Promise.all([act('mute', HANGS), act('remove', () => {})]), [late, late]);
    for (const what of ['mute', 'remove'] as const) assert.equal(await act(what), 'done');
  } finally {
    await livekit.stop();
  }
}

// Each waits for the time limit.
describe('at the same time', { concurrency: true }, () => {
  test('workerd', async () => {
    const worker = await startWorker({ entry: SCRIPT, migrate: false, demo: false, bindings: {} });
    try {
      await check(worker.url);
    } finally {
      await worker.stop();
    }
  });

  test('Deno, allowed to reach that one address', async (t) => {
    const { path, skip } = deno();
    if (path === undefined) return t.skip(skip);
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-deno-'));
    const script = join(folder, 'script.js');
    writeFileSync(script, await bundleForBrowsers(SCRIPT));
    const args = ['serve', '--host=127.0.0.1', '--port=0', '--no-prompt', '--cached-only', '--no-lock'];
    const server = spawn(path, [...args, '--allow-net=127.0.0.1', script], {
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
  });
});
