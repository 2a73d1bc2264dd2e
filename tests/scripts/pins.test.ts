// Versions that have to agree with each other, and would otherwise be found out by a user.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { test } from 'node:test';
import { COMPATIBILITY_DATE } from '../../scripts/worker.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const pins: Record<string, string> = JSON.parse(read('package.json')).devDependencies;
const wrangler = JSON.parse(read('node_modules/wrangler/package.json'));

test('development tools are pinned exactly', () => {
  for (const [name, version] of Object.entries(pins)) assert.match(version, /^\d+\.\d+\.\d+[-\w.]*$/, name);
});

test('miniflare is the one that wrangler brings', () => {
  assert.equal(pins.miniflare, wrangler.dependencies.miniflare);
});

test('the compatibility date is not newer than workerd', () => {
  const [, year, month, day] = wrangler.dependencies.workerd.match(/^1\.(\d{4})(\d\d)(\d\d)\./);
  assert.ok(COMPATIBILITY_DATE <= `${year}-${month}-${day}`);
});

for (const name of ['tokens', 'endpoint']) {
  test(`the wasm module '${name}' names no folder of the machine that made it`, () => {
    const module = readFileSync(new URL(`../../pkg/src/wasm/generated/${name}.wasm`, import.meta.url), 'latin1');
    assert.match(module, /library[/\\]alloc[/\\]src/, 'the search would find a source file');
    assert.ok(!module.includes(homedir()) && !/registry[/\\]src/.test(module));
  });
}

test('the lock file names no registry', () => {
  assert.doesNotMatch(read('package-lock.json'), /"resolved": "https?:/);
});
