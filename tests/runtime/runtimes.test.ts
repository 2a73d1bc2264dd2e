// The same vectors on every runtime, through the packed tarball.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { node24, root } from '../../scripts/lib/paths.mjs';
import { bundleForBrowsers } from './bundle.ts';
import { findChromium } from './chromium.mjs';
import { type Application, install } from './install.ts';
import { files } from './make-vectors.mjs';
import { bun, deno, type Found, machinesNode } from './programs.ts';
import { onBun, onChromium, onDeno, onDenoTokens, onNode, onWorkerd, print, type Result } from './runners.ts';

/** Fewer would mean that vectors were lost. */
const LEAST = 400;

let application: Application;
before(async () => {
  application = await install();
});
after(() => application?.remove());

function check({ passed, failed }: Result) {
  assert.equal(failed.length, 0, `\n${failed.join('\n')}\n`);
  assert.ok(passed > LEAST, `only ${passed} vectors ran`);
}

function runtime(
  name: string,
  find: () => Found | Promise<Found>,
  run: (folder: string, path: string) => Promise<Result>,
) {
  test(name, async (t) => {
    const { path, skip } = await find();
    if (path === undefined) return t.skip(skip);
    const result = await run(application.folder, path);
    t.diagnostic(`${result.passed} passed, ${result.failed.length} failed`);
    check(result);
  });
}

runtime('Node 24', () => ({ path: node24() }), onNode);
runtime("Node, the machine's own", machinesNode, onNode);
runtime('Deno with the one permission that protobuf asks for', deno, onDeno);
runtime('Deno without permissions, livekit-edge/tokens', deno, onDenoTokens);
runtime('Bun', bun, onBun);
runtime('workerd', () => ({ path: 'workerd' }), onWorkerd);
runtime('Chromium', findChromium, onChromium);

test('the vectors are the output of make-vectors.mjs', () => {
  for (const [name, content] of Object.entries(files)) {
    const file = JSON.parse(readFileSync(join(root, 'tests', 'vectors', name), 'utf8'));
    assert.deepEqual(file, JSON.parse(JSON.stringify(content)), name);
  }
});

test('every entry of `exports` and `imports` is in the tarball, and can be imported', async () => {
  const { folder, installed } = application;
  assert.ok(installed.startsWith(folder), 'the package is not the installed one');
  const { exports, imports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const target of Object.values<string | object>({ ...exports, ...imports })) {
    for (const path of typeof target === 'string' ? [target] : Object.values(target)) {
      assert.ok(existsSync(join(installed, path)), `${path} is missing`);
    }
  }
  const entries = Object.keys(exports).filter((entry) => !/\.(json|wasm)$/.test(entry));
  const lines = entries.map((entry, index) => `import * as e${index} from 'livekit-edge${entry.slice(1)}';`);
  const names = entries.map((_, index) => `Object.keys(e${index}).length > 0`);
  writeFileSync(join(folder, 'entries.js'), `${lines.join('\n')}\nconsole.log(JSON.stringify([${names}]));`);
  assert.deepEqual(
    await print(folder, node24(), ['entries.js']),
    entries.map(() => true),
  );
});

test('a bundle for browsers contains only what is used', async () => {
  const bundle = (name: string, code: string) => {
    const entry = join(application.folder, `${name}.js`);
    writeFileSync(entry, code);
    return bundleForBrowsers(entry);
  };
  assert.equal(await bundle('unused', "import 'livekit-edge';"), '');

  const request = "{ roomId: 'lobby', identity: 'alice' }, { apiKey: 'devkey', apiSecret: 'secret' }";
  const code = await bundle(
    'used',
    `import { generateToken } from 'livekit-edge'; console.log(JSON.stringify(generateToken(${request})));`,
  );
  for (const unused of [
    'class WebhookEvent',
    'class WebhookReceiver',
    'class TokenVerifier',
    'class AccessToken',
    'livekit.EgressInfo',
  ]) {
    assert.ok(!code.includes(unused), `${unused} is in the bundle`);
  }
  writeFileSync(join(application.folder, 'bundled.js'), code);
  const { token } = await print<{ token: string }>(application.folder, node24(), ['bundled.js']);
  assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]{43}$/);
});
