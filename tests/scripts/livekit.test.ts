/** The script that runs LiveKit's server: what it tells the server, and that the server never outlives it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { node24, root } from '../../scripts/lib/paths.mjs';
import { Problem } from '../../scripts/lib/problem.mjs';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { startLivekit } from '../support/livekit.mjs';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-livekit-'));
const { LIVEKIT_SERVER } = process.env;
after(() => {
  rmSync(folder, { recursive: true, force: true });
  if (LIVEKIT_SERVER === undefined) delete process.env['LIVEKIT_SERVER'];
  else process.env['LIVEKIT_SERVER'] = LIVEKIT_SERVER;
});

/** A program that is taken for LiveKit's server. */
function useProgram(code: string): void {
  const path = join(folder, 'server');
  writeFileSync(path, `#!${node24()}\n${code}`);
  chmodSync(path, 0o755);
  process.env['LIVEKIT_SERVER'] = path;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function ends(pid: number) {
  while (isAlive(pid)) await wait(50);
}

/** Answers any request, and says what it was told. */
const SERVER = `
const { port } = JSON.parse(process.env.LIVEKIT_CONFIG);
console.log(JSON.stringify(process.env));
require('node:http').createServer((_, response) => response.end('OK')).listen(port, '127.0.0.1');`;

test('every address that the server and its clients are told is of this machine', async () => {
  useProgram(SERVER);
  const livekit = await startLivekit();
  const { bind_addresses, port, rtc, turn } = JSON.parse(JSON.parse(livekit.log().split('\n')[0] ?? '').LIVEKIT_CONFIG);
  await livekit.stop();
  assert.deepEqual(bind_addresses, ['127.0.0.1']);
  assert.ok(rtc.interfaces.includes.length > 0);
  assert.deepEqual([rtc.node_ip, rtc.use_external_ip, rtc.tcp_port], ['127.0.0.1', false, 0]);
  assert.deepEqual([rtc.ips.includes, rtc.stun_servers], [['127.0.0.1/32'], [`127.0.0.1:${port}`]]);
  assert.equal(turn.enabled, false);
});

test("the server gets only our settings, and is stopped by 'stop'", async () => {
  useProgram(SERVER);
  const livekit = await startLivekit();
  const environment = JSON.parse(livekit.log().split('\n')[0] ?? '');
  const names = Object.keys(environment).filter((name) => !['PATH', 'HOME', 'LIVEKIT_CONFIG', 'PWD'].includes(name));
  assert.deepEqual(
    names.filter((name) => !name.startsWith('NODE_CHANNEL')),
    [],
  );
  assert.ok(livekit.pid !== undefined && isAlive(livekit.pid));
  await livekit.stop();
  await ends(livekit.pid);
  await livekit.stop();
});

test('a server does not outlive a process that was killed', async () => {
  useProgram(SERVER);
  const script = `const { startLivekit } = await import(${JSON.stringify(join(root, 'tests', 'support', 'livekit.mjs'))});
console.log((await startLivekit()).pid);
setInterval(() => {}, 1000);`;
  const owner = spawn(node24(), ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(owner.stdout.setEncoding('utf8'), 'data');
  assert.ok(isAlive(Number(pid)));
  owner.kill('SIGKILL');
  await ends(Number(pid));
});

test('a server that ends at once is an error with its last log line', async () => {
  useProgram("console.log('first'); console.error('no such setting'); process.exit(1);");
  await assert.rejects(startLivekit(), (error) => error instanceof Problem && /no such setting$/.test(error.message));
});

test('where another server listens, ours is not started', async () => {
  useProgram(SERVER);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await assert.rejects(startLivekit({ port }), (error) => error instanceof Problem && /EADDRINUSE/.test(error.message));
  other.close();
});

test('LIVEKIT_SERVER has to name a file; without it, without the program and without Go, there is a reason', async (t) => {
  process.env['LIVEKIT_SERVER'] = join(folder, 'missing');
  await assert.rejects(livekitServer(), /names no file/);
  delete process.env['LIVEKIT_SERVER'];
  const { PATH } = process.env;
  t.after(() => {
    process.env['PATH'] = PATH;
  });
  process.env['PATH'] = folder;
  assert.match((await livekitServer()).skip ?? '', /no Go to build it/);
});
