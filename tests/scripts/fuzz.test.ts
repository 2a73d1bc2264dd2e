// The fuzz targets, their inputs and `npm run fuzz` know each other. libFuzzer itself runs only there: it takes minutes to build.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seeds } from '../../fuzz/seeds.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

const FUZZ = join(root, 'fuzz');
const targets = readdirSync(join(FUZZ, 'fuzz_targets')).map((file) => file.replace('.rs', ''));
const fuzz = (...args: string[]) => run(process.execPath, [join(root, 'fuzz', 'fuzz.mjs'), ...args]);

test('every fuzz target has a check, a corpus with answers and regressions', () => {
  const manifest = readFileSync(join(FUZZ, 'Cargo.toml'), 'utf8');
  const checks = readFileSync(join(FUZZ, 'src', 'checks', 'mod.rs'), 'utf8');
  const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name).sort();
  assert.ok(targets.length >= 10);
  assert.deepEqual(names(manifest, /^path = "fuzz_targets\/(\w+)\.rs"$/gm), targets);
  assert.deepEqual(names(checks, /^ {4}\("(\w+)", \w+::check\),$/gm), targets);
  for (const folder of ['corpus', 'regressions']) assert.deepEqual(readdirSync(join(FUZZ, folder)).sort(), targets);
  assert.deepEqual(
    readdirSync(join(FUZZ, 'answers')).sort(),
    targets.map((name) => `${name}.txt`),
  );
  for (const name of targets) {
    assert.ok(readFileSync(join(FUZZ, 'fuzz_targets', `${name}.rs`), 'utf8').includes(`run("${name}", input)`), name);
  }
  for (const name of readdirSync(join(FUZZ, 'seeds'))) assert.ok(targets.includes(name), name);
});

test('the first inputs are short, and among them are tokens, their claims, bodies and webhooks of the vectors', () => {
  const inputs = [...seeds(1024)];
  assert.ok(inputs.every((input) => input.length <= 1024));
  const patterns = [
    /^ey\w+\.\w+\.[\w-]{43}$/,
    /^\{"iss":"devkey"/,
    /^0\{"/,
    /^1\{.*\}\n\{/,
    /^2ey/,
    /"event":"room_/,
    /"room/,
  ];
  for (const pattern of patterns)
    assert.ok(
      inputs.some((input) => pattern.test(input)),
      `${pattern}`,
    );
});

test('a wrong argument of npm run fuzz is one sentence and builds nothing', async () => {
  for (const args of [['--minutes', 'many'], ['--minutes', '0'], ['--minutes'], ['--unknown'], ['json']]) {
    const { code, output } = await fuzz(...args);
    assert.equal(code, 1, args.join(' '));
    assert.match(output, /^(--minutes must be a number from 0 to 1440\.\n)?Usage: npm run fuzz -- \[--minutes 20\]/);
  }
  const { code, output } = await fuzz('--target', 'nothing');
  assert.deepEqual([code, output], [1, `Unknown fuzz target. The targets are ${targets.join(', ')}.\n`]);
});
