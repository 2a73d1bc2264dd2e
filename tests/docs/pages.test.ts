// The site has every entry of the package and every page of the repository.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** The anchor of a heading, as GitHub and TypeDoc make it. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');

/** The anchors of a page's headings; that of a repeated heading has a number. */
function anchorsIn(text: string): string[] {
  const anchors: string[] = [];
  for (const [, heading = ''] of text.matchAll(/^#+ (.+)$/gm)) {
    const anchor = anchorOf(heading);
    const repeated = anchors.filter((other) => other.replace(/-\d+$/, '') === anchor).length;
    anchors.push(repeated > 0 ? `${anchor}-${repeated}` : anchor);
  }
  return anchors;
}

/** Links of a page to a heading that does not exist, of that page or of another. TypeDoc checks links to files. */
const brokenAnchors = (file: string, text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s:]*)#([^)\s]+)\)/g)]
    .filter(([, path = '', anchor = '']) => {
      const target = path === '' ? text : read(join(dirname(file), path));
      return !anchorsIn(target).includes(anchor);
    })
    .map(([link]) => `${file}: ${link}`);

test('a link to a heading leads to one', () => {
  const pages = [...projectDocuments, readme].filter((page) => !page.includes('*'));
  const found = documented(pages).flatMap((file) => brokenAnchors(file, read(file)));
  assert.deepEqual(found, []);
});

test('a link to a heading that does not exist is found', () => {
  const text =
    '# Title\n\n## `npm` and [Deno](x.md)\n\n[a](#npm-and-deno) [b](#title) [c](../README.md#none) [d](#no)\n';
  assert.deepEqual(brokenAnchors('docs/page.md', text), ['docs/page.md: ](../README.md#none)', 'docs/page.md: ](#no)']);
});
