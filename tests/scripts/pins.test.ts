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

test('the wasm module names no folder of the machine that made it', () => {
  const module = readFileSync(new URL('../../pkg/src/wasm/generated/livekit_edge.wasm', import.meta.url), 'latin1');
  assert.match(module, /library[/\\]alloc[/\\]src/, 'the search would find a source file');
  assert.ok(!module.includes(homedir()) && !/registry[/\\]src/.test(module));
});

test('the versions of wasm-bindgen are pinned exactly, and its generator is of the same one', () => {
  const version = (manifest: string, name: string) =>
    read(manifest).match(new RegExp(`^${name} = (?:\\{ version = )?"=(\\d+\\.\\d+\\.\\d+)"`, 'm'))?.[1];
  assert.ok(version('wasm/Cargo.toml', 'js-sys'));
  assert.ok(version('wasm/Cargo.toml', 'wasm-bindgen'));
  assert.equal(version('xtask/Cargo.toml', 'wasm-bindgen-cli-support'), version('wasm/Cargo.toml', 'wasm-bindgen'));
});

test('the lock file names no registry', () => {
  assert.doesNotMatch(read('package-lock.json'), /"resolved": "https?:/);
});
