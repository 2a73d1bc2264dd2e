// `npm start`: the printed line works when it is pasted, and nothing is left behind when it stops.
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';

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

/** Everything that a dev server prints up to the last line of its welcome. */
async function untilWelcome({ stdout }: ChildProcessWithoutNullStreams): Promise<string> {
  let printed = '';
  for await (const text of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    printed += text;
    if (printed.includes('Stop with Ctrl-C.\n')) break;
  }
  assert.match(printed, /Stop with Ctrl-C/);
  stdout.resume();
  return printed;
}

const addressIn = (printed: string): string => printed.match(/http:\/\/[\d.:]+/)?.[0] ?? '';

async function serveOnce(platform: string, folder: string): Promise<void> {
  const server = spawn(process.execPath, [SERVE, platform, folder], { env: { ...process.env, PORT: '0' } });
  try {
    const printed = await untilWelcome(server);
    const line = printed.match(/^curl .*$/m)?.[0] ?? '';
    const answer = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
    assert.equal(answer.identity, 'user-456');
    assert.equal(answer.roomId, 'channel-abc123');
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
    // The process that listens has ended: otherwise this would be answered.
    await assert.rejects(fetch(addressIn(printed)), { message: 'fetch failed' });
  } finally {
    server.kill('SIGKILL');
  }
}

for (const platform of ['workerd', 'node', 'deno']) {
  test(`${platform}: npm start ends, with all that it started, when the dev server is killed`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-start-'));
    const npmStart = spawn(process.execPath, [START, platform, folder], { env: { ...process.env, PORT: '0' } });
    try {
      const url = addressIn(await untilWelcome(npmStart));
      const again = run(platform, '0', START, folder);
      const command = platform === 'workerd' ? 'npm start' : `npm run start:${platform}`;
      assert.equal(again.stderr, `'${command}' is already running in this folder: stop it first.\n`);
      assert.deepEqual([again.status, again.stdout], [1, '']);

      const ended = once(npmStart, 'exit');
      const stopped = await whenStopped(url);
      process.kill(findChild(npmStart.pid), 'SIGKILL');
      assert.deepEqual(await ended, [1, null]);
      await stopped();
    } finally {
      npmStart.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Connects to the process that listens, and returns a function that resolves when that process has ended. */
async function whenStopped(url: string): Promise<() => Promise<void>> {
  const connection = connect(Number(new URL(url).port), '127.0.0.1');
  await once(connection, 'connect');
  const closed = new Promise((resolve) => connection.on('error', () => {}).on('close', resolve));
  return async () => {
    await closed;
    await assert.rejects(fetch(url), { message: 'fetch failed' });
  };
}

const ENDS: [name: string, end: (npm: number) => void][] = [
  ['Ctrl-C', (npm) => process.kill(-npm, 'SIGINT')],
  ['SIGTERM to npm', (npm) => process.kill(npm, 'SIGTERM')],
  // Its parent is the shell that npm has started.
  ['SIGKILL to the script of npm', (npm) => process.kill(findChild(findChild(npm)), 'SIGKILL')],
];
for (const [name, end] of ENDS) {
  test(`npm start ends, with all that it started, after ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-npm-'));
    // In a process group of its own, as of a terminal.
    const options = { cwd: root, env: { ...process.env, PORT: '0' }, detached: true };
    const npm = spawn('npm', ['start', '--', 'workerd', folder], options);
    try {
      const stopped = await whenStopped(addressIn(await untilWelcome(npm)));
      end(npm.pid ?? 0);
      await stopped();
    } finally {
      npm.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** The process that another has started: its only child. */
function findChild(pid: number | undefined): number {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', `${pid}`], { encoding: 'utf8' });
  const [child, ...others] = stdout.trim().split(/\s+/).map(Number);
  assert.deepEqual(others, []);
  return child ?? Number.NaN;
}

test('a port in use and an unknown platform are one-sentence errors', async () => {
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

const run = (argument: string, PORT: string, script = SERVE, ...more: string[]) =>
  spawnSync(process.execPath, [script, argument, ...more], { env: { ...process.env, PORT }, encoding: 'utf8' });
