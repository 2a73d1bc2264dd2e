// A registry that accepts connections and never answers ends an installation with one sentence, and leaves no process behind.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { npmCi } from '../../scripts/lib/npm-ci.mjs';
import { run } from '../../scripts/lib/run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-npm-'));
const open = new Set<Socket>();
const registry = createServer((socket) => {
  open.add(socket);
  socket.on('error', () => {}).once('close', () => open.delete(socket));
  socket.resume();
});
let address = '';
before(async () => {
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  address = `http://127.0.0.1:${(registry.address() as { port: number }).port}/`;
});
after(() => {
  for (const socket of open) socket.destroy();
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A project with one locked package. */
function writeProject() {
  const dependencies = { absent: '1.0.0' };
  const locked = { version: '1.0.0', resolved: `${address}absent/-/absent-1.0.0.tgz`, integrity: 'sha512-AAAA' };
  const packages = { '': { name: 'project', dependencies }, 'node_modules/absent': locked };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', dependencies }));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ name: 'project', lockfileVersion: 3, packages }));
}

/** Resolves once every connection to the registry was closed from the other end. */
async function untilAllClosed() {
  while (open.size > 0) await Promise.all([...open].map((socket) => once(socket, 'close')));
}

test('npm is stopped at its time limit, with a sentence that names what and why', async () => {
  writeProject();
  const result = await npmCi({
    stamp: 'test-silent-registry',
    what: 'the packages of a test',
    files: [join(folder, 'package-lock.json')],
    folder,
    args: ['--ignore-scripts', `--registry=${address}`, `--cache=${join(folder, 'cache')}`],
    seconds: 6,
  });
  assert.deepEqual(result, {
    installed: false,
    missing: 'npm could not install the packages of a test (no end within 6 s: does the registry answer?)',
  });
  await untilAllClosed();
});

test('at its time limit a program ends with the programs that it started', async () => {
  const child = `require('node:net').connect(${new URL(address).port}, '127.0.0.1'); setInterval(() => {}, 1000);`;
  const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });`;
  let connections = 0;
  registry.on('connection', () => connections++);
  // A loaded machine may take longer than the limit to start the second program.
  for (let seconds = 4; connections === 0; seconds *= 2) {
    const { code, timedOut } = await run(process.execPath, ['-e', parent], { seconds });
    assert.deepEqual([code, timedOut], [-1, true]);
  }
  await untilAllClosed();
});
