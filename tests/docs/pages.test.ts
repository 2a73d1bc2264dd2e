// The site has every entry of the package and every page of the repository.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { entryPoints, projectDocuments, readme, treatWarningsAsErrors, treatValidationWarningsAsErrors, validation } =
  JSON.parse(read('docs/site/typedoc.json'));

/** Paths in the configuration are relative to its folder. */
const documented = (paths: string[]) => paths.map((path) => join('docs', 'site', path).replaceAll('\\', '/'));

test('every entry of the package is documented with its name', () => {
  const { exports } = JSON.parse(read('pkg/package.json'));
  const modules = documented(entryPoints).map((file) => / \* @module (\S+)\n/.exec(read(file))?.[1]);
  const entries = Object.keys(exports).filter((entry) => exports[entry].default?.endsWith('.js'));
  assert.deepEqual(modules.sort(), entries.map((entry) => `livekit-edge${entry.slice(1)}`).sort());
});

test('every page of the repository is in the site', () => {
  const pages = documented([...projectDocuments, readme]);
  for (const file of readdirSync(root).filter((name) => name.endsWith('.md'))) assert.ok(pages.includes(file), file);
  for (const file of readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))) {
    assert.ok(pages.includes(`docs/${file}`), file);
  }
});

test('a warning is an error, and so is a name without documentation or a broken link', () => {
  assert.ok(treatWarningsAsErrors && treatValidationWarningsAsErrors);
  for (const name of ['notDocumented', 'notExported', 'invalidLink', 'invalidPath'])
    assert.equal(validation[name], true);
});

test('the crate rejects an item without documentation', () => {
  assert.match(read('Cargo.toml'), /^missing_docs = "deny"$/m);
});
