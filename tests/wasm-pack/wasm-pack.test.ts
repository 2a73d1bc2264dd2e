/** `wasm-pack build wasm` makes a package that works by itself, for each kind of user. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';
import { mustRun, run } from '../../scripts/lib/run.mjs';
import { PROGRAMS, wasmPack } from '../../scripts/machine/cargo-tools.mjs';
import { wasmPackEnvironment } from '../run/browsers.mjs';
import { findChromium } from '../runtime/chromium.mjs';
import { startChromium } from '../support/chromium.ts';
import { claimsOf, fullGrant, isSignedWith } from '../support/livekit-token.ts';
import { serveFolder } from './serve.ts';

/** The two functions of the specification. */
interface Package {
  generateToken(request: unknown, config: unknown): Record<string, unknown>;
  validateConfiguration(config: unknown): boolean;
}

const NAME = 'livekit_edge_wasm';
const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const CONFIG = { apiKey: 'api-key', apiSecret: SECRET, url: 'wss://livekit.example.com' };
const REQUEST = { roomId: 'room', identity: 'user', name: 'Zoë', ttl: 60 };
/** A first build compiles everything, which takes half a minute on two cores. */
const SECONDS = 15 * 60;

let skip: string | undefined;
let folder: string;
before(async () => {
  ({ skip } = await wasmPack(console.log));
  folder = mkdtempSync(join(tmpdir(), 'livekit-edge-wasm-pack-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Builds for a target and returns the package's folder. The builds share cargo's output, also between runs. */
async function build(target: 'web' | 'nodejs' | 'bundler'): Promise<string> {
  const out = join(folder, target);
  const env = { ...(await wasmPackEnvironment()), CARGO_TARGET_DIR: join(root, 'target', 'wasm-pack') };
  const args = ['build', 'wasm', '--mode', 'no-install', '--target', target, '--out-dir', out, '--', '--locked'];
  const { code, output } = await run(join(PROGRAMS, 'wasm-pack'), args, { env, seconds: SECONDS });
  assert.equal(code, 0, output);
  return out;
}

/** A test that is skipped, with the reason, if wasm-pack is not available. */
const packageTest = (name: string, body: (t: TestContext) => Promise<void>) =>
  test(name, async (t) => (skip === undefined ? body(t) : t.skip(skip)));

function assertToken({ token, expiresAt, ...response }: Record<string, unknown>): void {
  assert.deepEqual(response, { identity: 'user', roomId: 'room', url: CONFIG.url });
  assert.ok(isSignedWith(String(token), SECRET));
  const { iss, sub, name, nbf, exp, video } = claimsOf(String(token));
  assert.deepEqual([iss, sub, name, exp - nbf, video], ['api-key', 'user', 'Zoë', 60, fullGrant('room')]);
  assert.equal(Number(expiresAt), exp * 1000);
}

function assertWorks({ generateToken, validateConfiguration }: Package): void {
  const response = generateToken(REQUEST, CONFIG);
  assertToken(response);
  assert.ok(response['expiresAt'] instanceof Date);
  assert.equal(validateConfiguration(CONFIG), true);
  assert.equal(validateConfiguration({ ...CONFIG, apiSecret: ' ' }), false);
  assert.deepEqual(
    [generateToken(REQUEST, { ...CONFIG, jti: true })['jti']].map((jti) => typeof jti),
    ['string'],
  );
}

const thrown = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
};

describe('for Node', () => {
  let edge: Package;
  const edgeTest = (name: string, body: () => void) =>
    packageTest(name, async () => {
      edge ??= createRequire(import.meta.url)(await build('nodejs'));
      body();
    });

  edgeTest('it is required and issues tokens', () => assertWorks(edge));

  edgeTest('errors are plain objects with a code and a message', () => {
    assert.deepEqual(
      thrown(() => edge.generateToken({ roomId: '', identity: '\ud800' }, CONFIG)),
      {
        code: 'invalid_request',
        message: 'identity must be well-formed Unicode, roomId should not be empty',
        violations: ['identity must be well-formed Unicode', 'roomId should not be empty'],
      },
    );
    assert.deepEqual(
      thrown(() => edge.generateToken(REQUEST, {})),
      { code: 'not_configured', message: 'LiveKit credentials not configured' },
    );
  });

  edgeTest('arguments of any kind are errors with a code, and the next call works', () => {
    const fail = (): never => {
      throw new Error('of the caller');
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const throwing = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail });
    const bad = [null, undefined, 7, 'x', true, 1n, Symbol('x'), fail, [], throwing, proxy, cyclic, { toJSON: fail }];
    for (const value of [...bad, 'x'.repeat(2 ** 29 - 24)]) {
      for (const call of [
        () => edge.generateToken(value, CONFIG),
        () => edge.generateToken(REQUEST, value),
        ...(typeof value === 'string' ? [] : [() => edge.generateToken({ ...REQUEST, roomId: value }, CONFIG)]),
      ]) {
        assert.match((thrown(call) as { code: string }).code, /^(invalid_request|not_configured)$/);
      }
      assert.equal(edge.validateConfiguration(value), false);
      assertWorks(edge);
    }
    const bare = (object: object) => Object.assign(Object.create(null), object);
    assertToken(edge.generateToken(bare(REQUEST), bare(CONFIG)));
  });
});

packageTest('for the web: a page imports it, initializes it and issues tokens', async (t) => {
  const { path, skip: missing } = await findChromium();
  if (path === undefined) return t.skip(missing);
  const out = await build('web');
  const server = await serveFolder(out, [`${NAME}.js`, `${NAME}_bg.wasm`]);
  const browser = await startChromium(path);
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const result = await page.evaluate(
      async ({ script, request, config }) => {
        const { default: init, generateToken, validateConfiguration } = await import(script);
        await init();
        const response = generateToken(request, config);
        return {
          response: { ...response, expiresAt: response.expiresAt.getTime() },
          configured: [validateConfiguration(config), validateConfiguration({})],
        };
      },
      { script: `/${NAME}.js`, request: REQUEST, config: CONFIG },
    );
    assertToken(result.response);
    assert.deepEqual(result.configured, [true, false]);
  } finally {
    await browser.close();
    await server.stop();
  }
});

describe('for bundlers', () => {
  let out: string;
  const bundlerTest = (name: string, body: () => Promise<void>) =>
    packageTest(name, async () => {
      out ??= await build('bundler');
      await body();
    });

  bundlerTest('package.json names the module and its types', async () => {
    const { type, main, types, files } = JSON.parse(readFileSync(join(out, 'package.json'), 'utf8'));
    assert.deepEqual([type, main, types], ['module', `${NAME}.js`, `${NAME}.d.ts`]);
    for (const file of files) assert.ok(readFileSync(join(out, file)).length > 0, file);
  });

  bundlerTest('its types say what the functions take and return', async () => {
    const declarations = readFileSync(join(out, `${NAME}.d.ts`), 'utf8');
    for (const declaration of [
      'export function generateToken(request: CreateTokenRequest, config: LivekitConfig): TokenResponse;',
      'export function validateConfiguration(config: LivekitConfig): boolean;',
    ]) {
      assert.ok(declarations.includes(declaration), declaration);
    }
    const code = `
      import { generateToken, validateConfiguration } from './${NAME}.js';
      const config = { apiKey: 'api-key', apiSecret: 'secret' };
      const response = generateToken({ roomId: 'room', identity: 'user', ttl: 60 }, config);
      const all: [string, string, string, string | undefined, Date] = [
        response.token, response.identity, response.roomId, response.url, response.expiresAt,
      ];
      export const configured: boolean = validateConfiguration(config) && all.length > 0;
      // @ts-expect-error A room is required.
      generateToken({ identity: 'user' }, config);`;
    writeFileSync(join(out, 'consumer.ts'), code);
    const tsc = join(modules, 'typescript', 'bin', 'tsc');
    const flags = ['--noEmit', '--strict', '--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'esnext'];
    const args = [tsc, '--ignoreConfig', ...flags, join(out, 'consumer.ts')];
    await mustRun(node24(), args, 'The types of the package for bundlers are wrong.', { cwd: out });
  });

  bundlerTest('instantiated as a bundler does, it issues tokens', async () => {
    const glue = await import(pathToFileURL(join(out, `${NAME}_bg.js`)).href);
    const wasm = new WebAssembly.Module(readFileSync(join(out, `${NAME}_bg.wasm`)));
    const { exports } = new WebAssembly.Instance(wasm, { [`./${NAME}_bg.js`]: glue });
    glue.__wbg_set_wasm(exports);
    (exports['__wbindgen_start'] as () => void)();
    assertWorks(glue);
  });
});
