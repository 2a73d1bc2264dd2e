// The gates that run test files with Node: one for each folder of tests/, and one for each platform of the endpoint.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { countTap, parseDurations, withHiddenFailure } from './count.mjs';
import { CHROMIUM, FIREFOX, LIVEKIT, POSTGRES, packages, WASM_PACK } from './tools.mjs';

/**
 * @typedef {import('./gates.mjs').Gate} Gate
 * @typedef {import('./gates.mjs').Result} Result
 */

/** Tests of the HTTP contract, which run on every platform. */
const HTTP_TESTS = join('tests', 'server');
/** Names of tests/support/platform.ts. */
const PLATFORMS = ['workerd-d1', 'deno-sqlite', 'node-sqlite', 'node-postgres'];
/** One server for all test files: `initdb` takes half a second. */
const SHARED_POSTGRES = join('tests', 'support', 'shared-postgres.ts');
/** One browser for all test files. */
const SHARED_CHROMIUM = join('tests', 'support', 'shared-chromium.ts');
/** Timeout of a gate. */
export const TEST_SECONDS = 35 * 60;
/** Timeout of a test file. */
const FILE_MS = 5 * 60 * 1000;

/** The folders of tests/ that take longest, which start first so that none is left alone at the end. */
const SLOW_FOLDERS = ['packaging', 'e2e', 'examples', 'stores', 'openapi', 'runtime', 'www', 'cli', 'scripts'];

/** What the tests of a folder need, if they need a tool. @type {Record<string, readonly string[]>} */
const NEEDS = {
  cli: [LIVEKIT, POSTGRES],
  core: [LIVEKIT],
  e2e: [LIVEKIT, CHROMIUM],
  examples: [packages('frameworks')],
  packaging: [packages('projects'), packages('typescript'), CHROMIUM],
  process: [POSTGRES],
  runtime: [CHROMIUM],
  scripts: [LIVEKIT],
  'server-parts': [POSTGRES],
  stores: [POSTGRES],
  'wasm-pack': [WASM_PACK, CHROMIUM],
  www: [LIVEKIT, CHROMIUM, FIREFOX],
};

/** The module for `--test-global-setup` of a folder. @type {Record<string, string>} */
const SETUP = { e2e: SHARED_CHROMIUM, www: SHARED_CHROMIUM };

/** @returns {Gate[]} */
export function folderGates() {
  const files = testFiles('tests').filter((file) => !isHttp(file));
  const folders = [...new Set(files.map(folderOf))];
  const rank = (/** @type {string} */ folder) => (SLOW_FOLDERS.indexOf(folder) + 100) % 100;
  folders.sort((a, b) => rank(a) - rank(b));
  return folders.map((folder) => {
    const inFolder = files.filter((file) => folderOf(file) === folder);
    return {
      name: `node --test (${folder || 'README and checklist'})`,
      part: folder || 'readme',
      files: inFolder,
      needs: NEEDS[folder] ?? [],
      run: (count) => nodeTest(inFolder, count, SETUP[folder]),
    };
  });
}

/**
 * The folder tests/server on every platform.
 * @returns {Gate[]}
 */
export function httpGates() {
  const files = testFiles(HTTP_TESTS);
  return PLATFORMS.map((platform) => ({
    name: `node --test (HTTP on ${platform})`,
    part: 'http',
    files,
    ...(platform === 'node-postgres' ? { needs: [POSTGRES] } : {}),
    run: (count) => {
      const shared = platform === 'node-postgres' ? SHARED_POSTGRES : undefined;
      return nodeTest(files, count, shared, { LIVEKIT_EDGE_PLATFORM: platform });
    },
  }));
}

/**
 * The folder of tests/ that a file is in; empty for tests/ itself.
 * @param {string} file
 */
function folderOf(file) {
  return file.split(sep).slice(1, -1)[0] ?? '';
}

/** @param {string} folder */
function testFiles(folder) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name));
}

/** @param {string} file */
function isHttp(file) {
  return file.startsWith(join(HTTP_TESTS, sep));
}

/**
 * One report for people and one for counting, of the same run.
 * @param {string[]} files
 * @param {number} count of files that run at a time
 * @param {string} [shared] a module for `--test-global-setup`
 * @param {Record<string, string>} [variables]
 * @returns {Promise<Result>}
 */
async function nodeTest(files, count, shared, variables = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-test-'));
  const tap = join(folder, 'report.tap');
  const times = join(folder, 'durations.txt');
  try {
    const destinations = { spec: 'stdout', tap, [join(root, 'tests', 'run', 'durations.mjs')]: times };
    const reporters = Object.entries(destinations).flatMap(([reporter, destination]) => [
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${destination}`,
    ]);
    const limits = [`--test-concurrency=${count}`, `--test-timeout=${FILE_MS}`];
    const setup = shared === undefined ? [] : [`--test-global-setup=${shared}`];
    const args = ['--test', ...limits, ...setup, ...reporters, ...files];
    const { code, output } = await run(node24(), args, {
      env: { ...process.env, ...variables },
      seconds: TEST_SECONDS,
    });
    const report = existsSync(tap) ? readFileSync(tap, 'utf8') : '';
    const durations = existsSync(times) ? parseDurations(readFileSync(times, 'utf8')) : [];
    return { ...withHiddenFailure(countTap(report), code), output, durations };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
