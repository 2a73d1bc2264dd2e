// Each registry's own client accepts the package. None of them needs a login in a dry run.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { UNREACHABLE } from '../support/unreachable.ts';

const SECONDS = 240;
const PKG = join(root, 'pkg');
const { version } = JSON.parse(readFileSync(join(PKG, 'package.json'), 'utf8'));

const lastLine = (output: string) => output.trim().split('\n').at(-1) ?? '';

test('npm publish --dry-run succeeds', async (t) => {
  // Its own `prepack` would set up the whole repository, which is done before the tests.
  copyFileSync(join(root, 'LICENSE'), join(PKG, 'LICENSE'));
  const args = ['publish', '--dry-run', '--ignore-scripts', '--json', '--fetch-retries=0'];
  const { code, stdout, output } = await run('npm', args, { cwd: PKG, seconds: SECONDS });
  if (code !== 0 && UNREACHABLE.test(output)) return t.skip(`no npm registry answers: ${lastLine(output)}`);
  assert.equal(code, 0, output);
  // npm corrects some errors with a warning, but other clients would not.
  assert.deepEqual(output.match(/^npm warn (?!publish This command requires you to be logged in).*$/gm) ?? [], []);
  const report = JSON.parse(stdout);
  const { id, files } = report['livekit-edge'] ?? report;
  assert.equal(id, `livekit-edge@${version}`);
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  for (const path of [
    'LICENSE',
    'README.md',
    'dist/index.js',
    'dist/index.d.ts',
    'cjs/index.js',
    'migrations/0001_init.sql',
  ]) {
    assert.ok(paths.includes(path), path);
  }
  assert.deepEqual(
    paths.filter((path) => !/^(cjs|dist|migrations|postgres)\/|^(LICENSE|README\.md|package\.json)$/.test(path)),
    [],
  );
});

test('cargo publish --dry-run succeeds', async (t) => {
  const args = ['publish', '--dry-run', '--locked', '--allow-dirty', '-p', 'livekit-edge'];
  const { code, output } = await run('cargo', args, { seconds: SECONDS });
  if (code !== 0 && UNREACHABLE.test(output)) return t.skip(`no registry of crates answers: ${lastLine(output)}`);
  assert.equal(code, 0, output);
  assert.match(output, /Verifying livekit-edge/);
  assert.doesNotMatch(output, /warning: manifest has no/);
});

test('deno publish --dry-run succeeds without slow types', async (t) => {
  const args = [join(root, 'scripts', 'release', 'jsr.mjs'), '--dry-run', '--allow-dirty'];
  const { code, output } = await run(node24(), args, { env: { ...process.env, NO_COLOR: '1' }, seconds: SECONDS });
  if (code !== 0 && UNREACHABLE.test(output)) return t.skip(`Deno needs a registry: ${lastLine(output)}`);
  assert.equal(code, 0, output);
  assert.match(output, /Dry run complete/);
  assert.doesNotMatch(output, /^(Warning|warning|error)\b/m);
});
