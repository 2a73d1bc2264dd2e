// A file of Rust tests that forgets to be one for browsers too would only say that it has no tests to run.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { browsers } from '../../scripts/test/browsers.mjs';

const folder = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');

const IMPORT = '#[cfg(target_arch = "wasm32")]\nuse wasm_bindgen_test::wasm_bindgen_test as test;\n';
const NATIVE_ONLY = '#![cfg(not(target_arch = "wasm32"))]\n';
/** proptest is not there in a browser; see Cargo.toml. */
const PROPERTIES = ['properties.rs', 'properties_body.rs'];

test('every file of Rust tests runs in browsers, but those that are properties only', () => {
  const files = readdirSync(new URL('tests/', folder)).filter((name) => name.endsWith('.rs'));
  assert.ok(files.length > 20);
  for (const file of files) {
    assert.ok(read(`tests/${file}`).includes(PROPERTIES.includes(file) ? NATIVE_ONLY : IMPORT), file);
  }
});

test('the crate itself knows nothing of wasm-bindgen', () => {
  const [dependencies = ''] = read('Cargo.toml').split('[dependencies]')[1]?.split('\n[') ?? [];
  assert.match(dependencies, /^sha2 = /m);
  assert.doesNotMatch(`${dependencies}${read('wasm/Cargo.toml')}`, /wasm-bindgen|getrandom/);
});

test('wasm-bindgen is pinned exactly: its program has to be of the same version', () => {
  assert.match(read('Cargo.toml'), /^wasm-bindgen-test = "=\d+\.\d+\.\d+"$/m);
});

test('each browser has its options, and looks up no name', () => {
  const settings = JSON.parse(read('webdriver.json'));
  assert.deepEqual(browsers.map(({ options }) => options).sort(), Object.keys(settings).sort());
  const { args } = settings['goog:chromeOptions'];
  assert.ok(args.includes('--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'));
  const { prefs } = settings['moz:firefoxOptions'];
  assert.deepEqual(
    [prefs['network.proxy.type'], prefs['network.proxy.ssl'], prefs['network.proxy.http']],
    [1, '127.0.0.1', '127.0.0.1'],
  );
});
