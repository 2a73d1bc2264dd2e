// What `npm start` promises: the printed line works when it is pasted, and nothing is left behind when it stops.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const SERVE = new URL('../../scripts/serve.mjs', import.meta.url).pathname;

test('the curl line answers with a token, and SIGTERM stops the server and its workerd', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-serve-'));
  const server = spawn(process.execPath, [SERVE, folder], { env: { ...process.env, PORT: '0' } });
  try {
    let printed = '';
    server.stdout.setEncoding('utf8');
    for await (const text of server.stdout.iterator({ destroyOnReturn: false })) {
      printed += text;
      if (printed.includes('Stop with Ctrl-C')) break;
    }
    server.stdout.resume();
    const line = printed.match(/^curl .*$/m)?.[0] ?? '';
    const answer = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
    assert.equal(answer.identity, 'user-456');
    assert.equal(answer.roomId, 'channel-abc123');
    server.kill('SIGTERM');
    await once(server, 'exit');
    // workerd is what holds the port: were it still there, this would be answered.
    const address = line.match(/http:\/\/[\d.:]+/)?.[0] ?? '';
    await assert.rejects(fetch(address), { message: 'fetch failed' });
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a port in use is one sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { status, stderr } = spawnSync(process.execPath, [SERVE], {
    env: { ...process.env, PORT: `${port}` },
    encoding: 'utf8',
  });
  taken.close();
  assert.match(stderr, new RegExp(`^Port ${port} cannot be used \\(EADDRINUSE\\): .+\\.\\n$`));
  assert.equal(status, 1);
});
