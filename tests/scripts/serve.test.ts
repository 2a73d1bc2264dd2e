// What `npm start` promises: the printed line works when it is pasted, and nothing is left behind when it stops.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

const START = new URL('../../scripts/start.mjs', import.meta.url).pathname;
const DOCS = new URL('../../scripts/docs.mjs', import.meta.url).pathname;
const SERVE = new URL('../../scripts/serve.mjs', import.meta.url).pathname;

for (const platform of ['workerd', 'node', 'deno']) {
  test(`${platform}: the curl line answers with a token, and SIGTERM stops the server and what it started`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-serve-'));
    try {
      // The second start finds the data of the first.
      await serveOnce(platform, folder);
      await serveOnce(platform, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function serveOnce(platform: string, folder: string): Promise<void> {
  const server = spawn(process.execPath, [SERVE, platform, folder], { env: { ...process.env, PORT: '0' } });
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
    // Its own process is what holds the port: were it still there, this would be answered.
    const address = line.match(/http:\/\/[\d.:]+/)?.[0] ?? '';
    await assert.rejects(fetch(address), { message: 'fetch failed' });
  } finally {
    server.kill('SIGKILL');
  }
}

for (const platform of ['workerd', 'node', 'deno']) {
  test(`${platform}: npm start ends, with all that it started, when the dev server is killed`, async () => {
    const npmStart = spawn(process.execPath, [START, platform], { env: { ...process.env, PORT: '0' } });
    try {
      for await (const text of npmStart.stdout.iterator({ destroyOnReturn: false })) {
        if (`${text}`.includes('Stop with Ctrl-C')) break;
      }
      npmStart.stdout.resume();
      const [server] = childrenOf(npmStart.pid);
      assert.ok(server !== undefined && childrenOf(server).length > 0, 'the endpoint is a process of its own');
      process.kill(server, 'SIGKILL');
      const [code] = await once(npmStart, 'exit');
      assert.equal(code, 1);
      // A process that was killed is there until its parent has noticed.
      while (groupOf(server).length > 0) await setTimeout(20);
    } finally {
      npmStart.kill();
    }
  });
}

const ps = (...args: string[]): string => spawnSync('ps', args, { encoding: 'utf8' }).stdout;
const childrenOf = (pid: number | undefined) =>
  ps('-o', 'pid=', '--ppid', `${pid}`).split('\n').filter(Boolean).map(Number);
/** The processes of a group that still run. */
const groupOf = (leader: number) =>
  ps('-e', '-o', 'pgid=,stat=')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([group, state]) => group === `${leader}` && !state?.startsWith('Z'));

test('a port in use is one sentence, and so is a platform that there is not', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  for (const [platform, command] of [
    ['workerd', 'npm start'],
    ['node', 'npm run start:node'],
    ['deno', 'npm run start:deno'],
  ] as const) {
    const { status, stderr } = run(platform, `${port}`);
    assert.match(stderr, new RegExp(`^Port ${port} cannot be used \\(EADDRINUSE\\): .+ ${command}'\\.\\n$`));
    assert.equal(status, 1);
  }
  // Before anything is installed or built, which would take minutes.
  for (const PORT of [`${port}`, 'http']) {
    const { status, stdout, stderr } = run('node', PORT, START);
    assert.match(stderr, PORT === 'http' ? /^PORT is 'http': / : / npm run start:node'\.\n$/);
    assert.deepEqual([status, stdout], [1, '']);
  }
  const docs = run('--serve', `${port}`, DOCS);
  assert.match(docs.stderr, /^Port \d+ cannot be used \(EADDRINUSE\): choose another with PORT=…\.\n$/);
  assert.deepEqual([docs.status, docs.stdout], [1, '']);
  taken.close();
  assert.equal(run('bun', '0').stderr, 'Name a platform: workerd, node, deno.\n');
});

const run = (argument: string, PORT: string, script = SERVE) =>
  spawnSync(process.execPath, [script, argument], { env: { ...process.env, PORT }, encoding: 'utf8' });
