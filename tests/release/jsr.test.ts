// The package on JSR: published to a registry on loopback, imported from there by Deno, and run.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { UNREACHABLE } from '../support/unreachable.ts';
import { type JsrRegistry, startJsrRegistry } from './support/jsr-registry.ts';

const SECONDS = 180;
const DENO = join(modules, 'deno', 'bin.cjs');

const { name, version, exports, imports } = JSON.parse(readFileSync(join(root, 'pkg', 'jsr.json'), 'utf8'));
const manifest = JSON.parse(readFileSync(join(root, 'pkg', 'package.json'), 'utf8'));

// Outside the repository, so that its packages are not found.
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-jsr-'));
let registry: JsrRegistry;
let missing: string | undefined;
before(async () => {
  registry = await startJsrRegistry(join(folder, 'published'), name, version);
  mkdirSync(join(folder, 'project'));
  const options = ['--allow-dirty', '--no-provenance', '--token', 'none'];
  const script = join(root, 'scripts', 'release', 'jsr.mjs');
  const { code, output } = await run(node24(), [script, ...options], { env: environment('sent'), seconds: SECONDS });
  // It looks up the packages that the sources import.
  if (code !== 0 && UNREACHABLE.test(output)) missing = 'no npm registry answers Deno';
  else assert.equal(code, 0, output);
});
after(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Separate caches: this registry must not be in the cache of the user. */
const environment = (cache: string) => ({
  ...process.env,
  JSR_URL: registry.url,
  DENO_DIR: join(folder, cache),
  NO_COLOR: '1',
});

async function deno(program: string, ...flags: string[]) {
  const file = join(folder, 'project', 'main.ts');
  writeFileSync(file, program);
  const args = [DENO, 'run', ...flags, '--no-lock', '--allow-env', file];
  return run(node24(), args, { cwd: join(folder, 'project'), env: environment('cache'), seconds: SECONDS });
}

test("a token that the jsr: package issues is accepted by LiveKit's SDK", async (t) => {
  if (missing !== undefined) return t.skip(missing);
  const { stdout, output } = await deno(
    `
    import { generateToken } from 'jsr:${name}@${version}/tokens';
    const config = { apiKey: 'devkey', apiSecret: 'secret' };
    console.log(generateToken({ roomId: 'lobby', identity: 'alice' }, config).token);
  `,
    '--no-check',
  );
  assert.match(stdout, /^\S+\n$/, output);
  assert.equal((await new TokenVerifier('devkey', 'secret').verify(stdout.trim())).video?.room, 'lobby');
});

test('the endpoint of the jsr: package works with a store', async (t) => {
  if (missing !== undefined) return t.skip(missing);
  const { stdout, output } = await deno(
    `
    import { livekit } from 'jsr:${name}@${version}/server';
    import { postgresStore } from 'jsr:${name}@${version}/stores/postgres';
    const store = postgresStore('postgres://user@127.0.0.1/kraken');
    const app = livekit({
      store,
      settings: () => ({ LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret', LIVEKIT_URL: 'ws://127.0.0.1:7880' }),
      authenticate: () => ({ userId: 'alice' }),
      authorize: ({ userId }, { room }) => ({ room, identity: userId, grants: {} }),
    });
    const body = JSON.stringify({ roomId: 'lobby' });
    const headers = { 'Content-Type': 'application/json' };
    const response = await app.fetch(new Request('http://localhost/token', { method: 'POST', headers, body }));
    console.log(response.status, (await response.json()).identity);
    await store.close();
  `,
    '--check',
  );
  assert.equal(stdout.trim().split('\n').at(-1), '201 alice', output);
});

test('only sources, the module and documents are published', (t) => {
  if (missing !== undefined) return t.skip(missing);
  const files = registry.files();
  for (const path of ['/LICENSE', '/README.md', '/src/wasm/generated/livekit_edge.wasm'])
    assert.ok(files.includes(path), path);
  for (const path of files) assert.match(path, /^\/(src\/|jsr\.json$|README\.md$|LICENSE$)/);
  for (const path of files.filter((path) => path.endsWith('.ts')))
    assert.doesNotMatch(readFileSync(join(root, 'pkg', path), 'utf8'), /from 'node:|import\('node:/, path);
});

test('its entries are entries of npm, and its packages have the same versions', () => {
  for (const [entry, file] of Object.entries<string>(exports)) {
    const compiled = file.replace('./src/', './dist/').replace(/\.ts$/, '.js');
    assert.ok(JSON.stringify(manifest.exports[entry]).includes(compiled), entry);
  }
  const ranges = { ...manifest.dependencies, ...manifest.peerDependencies };
  for (const [specifier, target] of Object.entries(imports).filter(([, target]) => `${target}`.startsWith('npm:'))) {
    assert.equal(target, `npm:${specifier}@${ranges[specifier]}`);
  }
});
