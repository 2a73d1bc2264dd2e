// A file of Rust tests that forgets to be one for browsers too would only say that it has no tests to run.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { browsers } from '../run/browsers.mjs';

const folder = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');

const IMPORT = '#[cfg(target_arch = "wasm32")]\nuse wasm_bindgen_test::wasm_bindgen_test as test;\n';
const RULES = 'tests/rules/';
/** The program's main file, what its tests share, and tests that need files or proptest, which browsers do not have. */
const WITHOUT_BROWSER_TESTS = [
  'main.rs',
  'common.rs',
  'fuzz_corpus.rs',
  'properties.rs',
  'properties_body.rs',
  'properties_moderation.rs',
  'properties_rbac.rs',
];

test('every file of Rust tests is part of the one program and runs in browsers', () => {
  const files = readdirSync(new URL(RULES, folder));
  assert.ok(files.length > 20);
  const program = read(`${RULES}main.rs`);
  for (const file of files.filter((file) => file !== 'main.rs')) {
    assert.match(program, new RegExp(`^mod ${file.replace('.rs', '')};$`, 'm'));
    if (!WITHOUT_BROWSER_TESTS.includes(file)) assert.ok(read(RULES + file).includes(IMPORT), file);
  }
  assert.match(program, /^wasm_bindgen_test::wasm_bindgen_test_configure!\(run_in_browser\);$/m);
  assert.deepEqual(
    readdirSync(new URL('tests/', folder)).filter((name) => name.endsWith('.rs')),
    [],
  );
});

test('the crate itself knows nothing of wasm-bindgen', () => {
  const [dependencies = ''] = read('Cargo.toml').split('[dependencies]')[1]?.split('\n[') ?? [];
  assert.match(dependencies, /^sha2 = /m);
  assert.doesNotMatch(dependencies, /wasm-bindgen|js-sys|getrandom/);
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
