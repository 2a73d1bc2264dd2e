// Runs Rust's tests, compiled to wasm, in Chromium and in Firefox, with wasm-pack.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { findProgram } from '../../scripts/machine/apt.mjs';
import { geckodriver, PROGRAMS, wasmPack } from '../../scripts/machine/cargo-tools.mjs';
import { compilerFor } from '../../scripts/setup/rust.mjs';
import { WASM_TARGET } from '../../scripts/setup/targets.mjs';
import { findChromium } from '../runtime/chromium.mjs';
import { findFirefox } from '../www/firefox/program.mjs';
import { countCargo, withHiddenFailure } from './count.mjs';

/**
 * @typedef {{ path: string, skip?: never } | { path?: never, skip: string }} Found
 * @typedef {(say: (line: string) => void) => Promise<Found>} Find
 *
 * @typedef {object} Browser
 * @property {string} name for people
 * @property {'chrome' | 'firefox'} flag of wasm-pack
 * @property {string} options of the browser in webdriver.json
 * @property {string} driver
 * @property {Find} find
 * @property {Find} findDriver
 */

/** @type {Find} */
export const findChromeDriver = (say) =>
  findProgram(
    { title: 'ChromeDriver', variable: 'CHROMEDRIVER', names: ['chromedriver'], debian: 'chromium-driver' },
    say,
  );

/** @type {Browser[]} */
export const browsers = [
  {
    name: 'Chromium',
    flag: 'chrome',
    options: 'goog:chromeOptions',
    driver: 'chromedriver',
    find: findChromium,
    findDriver: findChromeDriver,
  },
  {
    name: 'Firefox',
    flag: 'firefox',
    options: 'moz:firefoxOptions',
    driver: 'geckodriver',
    find: findFirefox,
    findDriver: geckodriver,
  },
];

const SECONDS = 20 * 60;
/** For all tests of a browser, on a busy machine. The runner itself stops a browser that takes longer. */
const PROGRAM_SECONDS = 600;

/**
 * @param {Browser} browser
 * @returns {Promise<import('./gates.mjs').Result>}
 */
export async function rustTestsIn({ name, flag, options, driver, find, findDriver }) {
  const say = (/** @type {string} */ line) => console.log(`\n  ${line}`);
  const skipped = (/** @type {string} */ why) => ({
    passed: 0,
    failed: 0,
    skipped: [`Rust's tests in ${name}: ${why}`],
    output: '',
  });
  const browser = await find(say);
  if (browser.path === undefined) return skipped(browser.skip);
  const found = await findDriver(say);
  if (found.path === undefined) return skipped(found.skip);
  const { skip } = await wasmPack(say);
  if (skip !== undefined) return skipped(skip);

  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-browser-'));
  try {
    const env = { ...(await wasmPackEnvironment()), ...settings(folder, options, browser.path) };
    const args = ['test', '--mode', 'no-install', '--headless', `--${flag}`, `--${driver}`, found.path];
    // One program, and so one start of the browser.
    const ofCargo = ['--', '--locked', '--test', 'rules'];
    const { code, output } = await run(join(PROGRAMS, 'wasm-pack'), [...args, ...ofCargo], { env, seconds: SECONDS });
    return { ...withHiddenFailure(countCargo(output), code), output };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** wasm-pack calls cargo, rustc and wasm-bindgen by name. */
export async function wasmPackEnvironment() {
  const { cargo, env, targetDir } = await compilerFor(WASM_TARGET);
  // Any of these would choose another browser or another way to run the tests.
  const kept = Object.entries(env).filter(
    ([name]) => !/^(WASM_BINDGEN_|NO_HEADLESS$|(CHROME|GECKO|SAFARI|MSEDGE)DRIVER)/.test(name),
  );
  const folders = [PROGRAMS, ...(isAbsolute(cargo) ? [dirname(cargo)] : []), env.PATH ?? ''];
  return { ...Object.fromEntries(kept), PATH: folders.join(delimiter), CARGO_TARGET_DIR: targetDir };
}

/**
 * webdriver.json with the very browser that was found; what the browser leaves behind goes into the folder.
 * @param {string} folder
 * @param {string} options
 * @param {string} binary
 */
function settings(folder, options, binary) {
  const capabilities = JSON.parse(readFileSync(join(root, 'webdriver.json'), 'utf8'));
  const file = join(folder, 'webdriver.json');
  writeFileSync(file, JSON.stringify({ [options]: { ...capabilities[options], binary } }));
  return {
    TMPDIR: folder,
    RUST_BACKTRACE: '0',
    WASM_PACK_CACHE: join(folder, 'wasm-pack'),
    WASM_BINDGEN_USE_BROWSER: '1',
    WASM_BINDGEN_TEST_TIMEOUT: `${PROGRAM_SECONDS}`,
    WASM_BINDGEN_TEST_DRIVER_TIMEOUT: '30',
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: file,
  };
}
