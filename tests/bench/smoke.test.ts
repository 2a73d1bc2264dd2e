// The benchmark runs: one short round of everything. Its results do not count here, because a machine that runs tests
// is a busy one.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

const SECONDS = 240;
const TITLES = [
  'Mint',
  'Verify',
  'Cold start',
  'Runtimes',
  'Endpoint',
  'Rate limits',
  'Scale',
  'Watchers',
  'Native Rust',
  'Size',
];

test('a smoke run measures everything that is installed, and names what is not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-smoke-'));
  try {
    const args = [join(root, 'bench', 'bench.mjs'), '--smoke', '--out', folder];
    const { code, stdout, output } = await run(node24(), args, { seconds: SECONDS });
    assert.equal(code, 0, output);
    const markdown = readFileSync(join(folder, 'results.md'), 'utf8');
    for (const title of TITLES) {
      assert.match(stdout, new RegExp(`^${title}$`, 'm'));
      assert.match(markdown, new RegExp(`^## ${title}$`, 'm'));
    }
    assert.match(markdown, /no figures to quote/);
    assert.ok(!markdown.includes(root) && !markdown.includes('NaN'), markdown);
    assert.match(readFileSync(join(folder, 'results.svg'), 'utf8'), /^<svg .+<\/svg>\n$/s);
    const peers = existsSync(join(root, 'bench', 'node_modules', 'fast-jwt'));
    assert.match(stdout, peers ? /^ +fast-jwt +\d/m : /skipped: fast-jwt: not installed/);
    for (const line of stdout.match(/skipped: .*/g) ?? []) t.diagnostic(line);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an unknown measure is an error of one sentence', async () => {
  const { code, output } = await run(node24(), [join(root, 'bench', 'main.mjs'), '--only', 'luck']);
  assert.equal(code, 1);
  assert.match(output, /^There is no measure 'luck': mint, verify, .+\.\n$/);
});

test('the types of bench are valid', async () => {
  const tsc = join(modules, 'typescript', 'bin', 'tsc');
  const { code, output } = await run(node24(), [tsc, '--noEmit', '-p', join(root, 'bench')]);
  assert.equal(code, 0, output);
});

test('peers are pinned exactly, and the lock file names no registry', () => {
  const read = (name: string) => readFileSync(join(root, 'bench', name), 'utf8');
  for (const [name, version] of Object.entries<string>(JSON.parse(read('package.json')).dependencies)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
  assert.doesNotMatch(read('package-lock.json'), /"resolved": "https?:/);
});
