// What is missing on a newcomer's machine is said in one sentence, before anything is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';

/** What the setup needs before it installs packages. */
const SOURCES = ['scripts', 'Cargo.toml', 'package.json', 'package-lock.json'];

/** Runs the setup of a fresh clone where only these programs exist, each a shell script of one line. */
function setupWith(programs: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-path-'));
  try {
    for (const name of SOURCES) cpSync(join(root, name), join(folder, name), { recursive: true });
    for (const [name, line] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const setup = join(folder, 'scripts', 'setup.mjs');
    return spawnSync(process.execPath, [setup], { env: { PATH: folder }, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const cases: [string, Record<string, string>, RegExp][] = [
  ['cargo is missing', {}, /^cargo does not start \(spawn cargo ENOENT\): .+\.\n$/],
  ['cargo does not start', { cargo: 'echo no toolchain; exit 1' }, /^cargo does not start \(no toolchain\): .+\.\n$/],
  [
    'Rust is too old, and versions are compared as numbers',
    { cargo: 'echo "cargo 1.9.0 (2016)"' },
    /^Rust 1\.\d+ or newer is needed and this is cargo 1\.9\.0 \(2016\): .+\.\n$/,
  ],
];

for (const [name, programs, sentence] of cases) {
  test(name, () => {
    const { status, stdout, stderr } = setupWith(programs);
    assert.match(stderr, sentence);
    assert.equal(stdout, '');
    assert.equal(status, 1);
  });
}

test('npm is missing', () => {
  const { status, stderr } = setupWith({ cargo: 'echo "cargo 1.999.0 (2026)"' });
  assert.equal(stderr, 'npm could not install the npm packages (spawn npm ENOENT)\n');
  assert.equal(status, 1);
});
