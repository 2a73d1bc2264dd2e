// Importing an entry loads the packages that it uses, and no other.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { node24, root } from '../../scripts/lib/paths.mjs';

const MESSAGES = ['@bufbuild/protobuf', '@livekit/protocol'];
const ENDPOINT = ['hono'];
const PROCESS = [...ENDPOINT, 'rate-limiter-flexible'];

/** The packages that each entry loads. */
const LOADED: Record<string, string[]> = {
  '.': MESSAGES,
  './tokens': [],
  './server': ENDPOINT,
  './cloudflare': ENDPOINT,
  './deno': PROCESS,
  './node': ['@hono/node-server', ...PROCESS],
  './stores/d1': [],
  './stores/sqlite': [],
  './stores/postgres': ['postgres'],
};

/** A program that prints the URL of every module that an import of its argument loads. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  const urls = [];
  registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
  await import(process.argv[1]);
  console.log(JSON.stringify(urls));
`;

async function packagesLoadedBy(specifier: string): Promise<string[]> {
  const args = ['--input-type=module', '--eval', PROGRAM, specifier];
  const { stdout } = await promisify(execFile)(node24(), args, { cwd: import.meta.dirname });
  const urls: string[] = JSON.parse(stdout);
  assert.ok(urls.some((url) => url.includes('/pkg/dist/')));
  const names = urls.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

test('the list above has every entry', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'pkg', 'package.json'), 'utf8'));
  const entries = Object.keys(exports).filter((entry) => !/\.(json|wasm)$/.test(entry));
  assert.deepEqual(entries.sort(), Object.keys(LOADED).sort());
});

for (const [entry, packages] of Object.entries(LOADED)) {
  test(`${entry} loads ${packages.join(', ') || 'no other package'}`, async () => {
    assert.deepEqual(await packagesLoadedBy(`livekit-edge${entry.slice(1)}`), packages);
  });
}
