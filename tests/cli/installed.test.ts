// The command line as users install it: the packed tarball in an empty project, without the optional peers, on the Node of PATH.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { modules, node24, onPath } from '../../scripts/lib/paths.mjs';
import { installPacked, packInto } from '../support/packed.ts';
import { type Ended, run, SETTINGS } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-installed-'));
const project = join(folder, 'project');
after(() => rmSync(folder, { recursive: true, force: true }));
before(async () => {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  await installPacked(project, await packInto(folder), []);
});

const BIN = join(project, 'node_modules', '.bin', 'livekit-edge');
const ENV = { ...SETTINGS, JWT_SECRET: 'a-secret-of-more-than-thirty-two-bytes' };
const installed = (...args: string[]): Promise<Ended> => run(args, { env: ENV, cwd: project, program: [BIN] });
const onNode24 = (args: string[], env = {}): Promise<Ended> =>
  run(args, { env: { ...ENV, ...env }, cwd: project, program: [node24(), BIN] });

test('npx finds it', async () => {
  const { code, stdout } = await run(['--offline', 'livekit-edge', '--version'], { cwd: project, program: ['npx'] });
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('token, inspect and doctor need no optional peer', async () => {
  const { stdout: token } = await installed('token', '--room', 'lobby', '--identity', 'alice');
  const inspected = await installed('inspect', token.trim(), '--secret-env', 'LIVEKIT_API_SECRET');
  assert.deepEqual([inspected.code, inspected.stderr], [0, '']);
  assert.match(inspected.stdout, /^The signature is valid\.\n/);
  const { stdout, stderr } = await installed('doctor', '--no-database');
  assert.match(
    stdout,
    /^ok {7}The settings are valid\nerror {4}The LiveKit server cannot be reached \(ECONNREFUSED\)\n$/,
  );
  assert.equal(stderr, '');
});

test('on a Node without SQLite the error is one sentence', async (t) => {
  const version = execFileSync(onPath('node') ?? node24(), ['--version'], { encoding: 'utf8' });
  if (Number.parseInt(version.slice(1), 10) > 20)
    return t.skip(`the Node of PATH is ${version.trim()}, which has SQLite`);
  const { code, stdout, stderr } = await installed('doctor');
  assert.match(stdout, /^error {4}This runtime has no SQLite: use Node 22\.13 or newer, .+ or set DATABASE_URL$/m);
  assert.deepEqual([code, stderr], [1, '']);
});

test('a missing optional peer is one sentence with the command that installs it', async () => {
  assert.deepEqual(await onNode24(['serve', '--port', '0']), {
    code: 1,
    stdout: '',
    stderr: "livekit-edge: The package 'hono' is not installed: npm install livekit-edge hono\n",
  });
  const unsynced = await onNode24(['sync', '--user', 'user-456']);
  assert.deepEqual(
    [unsynced.code, unsynced.stderr],
    [1, "livekit-edge: The package 'hono' is not installed: npm install livekit-edge hono\n"],
  );
  const database = { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/d' };
  const sentence = "DATABASE_URL is set, and the package 'postgres' is not installed: npm install postgres";
  const checked = await onNode24(['doctor'], database);
  assert.deepEqual([checked.code, checked.stderr], [1, '']);
  assert.ok(checked.stdout.includes(`error    ${sentence}\n`), checked.stdout);
  symlinkSync(realpathSync(join(modules, 'hono')), join(project, 'node_modules', 'hono'), 'junction');
  const served = await onNode24(['serve', '--port', '0'], database);
  assert.deepEqual([served.code, served.stdout], [1, '']);
  assert.deepEqual(JSON.parse(served.stderr), { level: 'error', message: sentence });
  const synced = await onNode24(['sync', '--user', 'user-456'], database);
  assert.deepEqual([synced.code, synced.stderr], [1, `livekit-edge: ${sentence}\n`]);
});
