// The version is chosen in Cargo.toml, and a release is refused if another file disagrees.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { releaseErrors } from '../../scripts/release/check.mjs';
import { isVersion, mentions, readTracked, withVersion, workspaceVersion } from '../../scripts/release/versions.mjs';

const REPOSITORY = 'https://example.com/livekit-edge';

test('every version in the repository is that of Cargo.toml', () => {
  const found = mentions();
  assert.ok(found.some(({ file }) => file === 'pkg/jsr.json') && found.some(({ file }) => file === 'README.md'));
  const others = found.filter(({ version }) => version !== workspaceVersion());
  assert.deepEqual(others, []);
});

test('a line that names this package with its version is found, except in results of measurements', () => {
  const found = new Set(mentions().map(({ file, line }) => `${file}:${line}`));
  const pattern = `livekit-edge.*\\b${workspaceVersion().replaceAll('.', '\\.')}`;
  const args = ['grep', '-nIE', pattern, '--', '.', ':!bench/results', ':!tests'];
  const lines = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  assert.ok(lines.length > 20);
  for (const line of lines) assert.ok(found.has(line.split(':', 2).join(':')), line);
});

test('set-version changes every file with the version', () => {
  const changed = withVersion('12.34.56-rc.1');
  const read = (file: string) => changed.get(file) ?? readTracked(file);
  assert.equal(mentions(read).length, mentions().length);
  assert.deepEqual(
    mentions(read).filter(({ version }) => version !== '12.34.56-rc.1'),
    [],
  );
});

test('a version is three numbers, with or without a pre-release', () => {
  for (const text of ['1.2.3', '0.10.0-rc.1']) assert.ok(isVersion(text), text);
  for (const text of ['', 'v1.2.3', '1.2', '1.2.3\n', '1.2.3; rm', '01']) assert.ok(!isVersion(text), text);
});

/** The files of a release of this version, some of them replaced. */
function releaseOf(files: Record<string, (text: string) => string> = {}) {
  const ready: Record<string, (text: string) => string> = {
    'CHANGELOG.md': (text) => text.replace(/^## .*$/m, `## ${workspaceVersion()} (2026-12-01)`),
    'pkg/package.json': (text) =>
      JSON.stringify({ ...JSON.parse(text), repository: { type: 'git', url: `git+${REPOSITORY}.git` } }, undefined, 2),
    'Cargo.toml': (text) => text.replace(/^readme = /m, `repository = "${REPOSITORY}"\nreadme = `),
  };
  return (file: string) => {
    const text = ready[file]?.(readTracked(file)) ?? readTracked(file);
    return files[file]?.(text) ?? text;
  };
}

test('a consistent release has no errors', () => {
  assert.deepEqual(releaseErrors(`v${workspaceVersion()}`, REPOSITORY, releaseOf()), []);
});

for (const [name, tag, files, error] of [
  ['another tag', 'v99.0.0', {}, /The tag is v99\.0\.0/],
  [
    'a changelog without a date',
    undefined,
    { 'CHANGELOG.md': (text) => text.replace(/ \(.*\)$/m, ' (unreleased)') },
    /CHANGELOG/,
  ],
  [
    'another version on JSR',
    undefined,
    { 'pkg/jsr.json': (text) => text.replace(/(version": ")[^"]+/, '$19.9.9') },
    /jsr\.json:3 has/,
  ],
  [
    'another repository on npm',
    undefined,
    { 'pkg/package.json': (text) => text.replace(REPOSITORY, 'https://example.com/fork') },
    /repository\.url/,
  ],
  [
    'no repository of the crate',
    undefined,
    { 'Cargo.toml': (text) => text.replace(/^repository.*\n/m, '') },
    /no line 'repository/,
  ],
] as [string, string | undefined, Record<string, (text: string) => string>, RegExp][]) {
  test(`a release with ${name} is refused`, () => {
    const errors = releaseErrors(tag ?? `v${workspaceVersion()}`, REPOSITORY, releaseOf(files));
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', error);
  });
}
