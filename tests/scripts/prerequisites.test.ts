// What is missing on a newcomer's machine is said in one sentence, before anything is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const SETUP = new URL('../../scripts/setup.mjs', import.meta.url).pathname;

/** Runs the setup where only these programs exist, each a shell script of one line. */
function setupWith(programs: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-path-'));
  try {
    for (const [name, line] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    return spawnSync(process.execPath, [SETUP], { env: { PATH: folder }, encoding: 'utf8' });
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
