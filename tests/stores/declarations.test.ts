/** The type declarations of the package need neither Node's types nor those of an optional driver. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { dist, root } from '../../scripts/lib/paths.mjs';

const { exports } = JSON.parse(readFileSync(join(root, 'pkg', 'package.json'), 'utf8'));
const ENTRIES = Object.values<{ default?: string }>(exports)
  .map((entry) => entry.default ?? '')
  .filter((path) => path.endsWith('.js'))
  .map((path) => join(root, 'pkg', path));

/** The declarations of a compiled file and of all its imports, without their comments. */
function declarationsOf(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const text = readFileSync(file.replace(/\.js$/, '.d.ts'), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\/\/(?!\/).*$/gm, '');
  found.set(file, text);
  for (const [, path = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
    declarationsOf(join(dirname(file), path), found);
  }
  return found;
}

test("no entry's declarations refer to the types of Node or of the driver", () => {
  assert.ok(ENTRIES.includes(join(dist, 'node.js')) && ENTRIES.length > 6);
  const declarations = new Map(ENTRIES.flatMap((entry) => [...declarationsOf(entry)]));
  assert.ok(declarations.has(join(dist, 'server', 'process', 'process.js')), 'imports are followed');
  for (const [file, text] of declarations) {
    assert.doesNotMatch(text, /from ['"]postgres['"]|node:|NodeJS|reference types|\bBuffer\b/, file);
  }
});
