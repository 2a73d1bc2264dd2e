// The gates of `npm test`, in the order in which they are the quickest to fail.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { buildDocs, installTools } from '../../scripts/docs.mjs';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { compilerFor } from '../../scripts/setup/rust.mjs';
import { NO_STD_TARGET } from '../../scripts/setup/targets.mjs';
import { browsers, rustTestsIn } from './browsers.mjs';
import { checked, countCargo, countTap, parseDurations } from './count.mjs';
import { cargoDenyGate, npmSignaturesGate } from './supply-chain.mjs';
import {
  CARGO_DENY,
  CHROMIUM,
  FIREFOX,
  GECKODRIVER,
  LIVEKIT,
  POSTGRES,
  packages,
  TYPEDOC,
  WASM_PACK,
} from './tools.mjs';

/**
 * @typedef {{ file: string, ms: number }} Duration of a test file
 * @typedef {import('./count.mjs').Count & { output: string, durations?: Duration[] }} Result
 * @typedef {object} Gate
 * @property {string} name
 * @property {string} part by which `--only` asks for it
 * @property {readonly string[]} [needs] names of tools
 * @property {boolean} [heavy] whether it compiles with every core, in cargo's folder
 * @property {string[]} [files] the test files that it runs with Node
 * @property {(files: number) => Promise<Result>} run with so many test files at a time
 */

/** What is asked of the endpoint over HTTP, which has to come out the same wherever it runs. */
const HTTP_TESTS = join('tests', 'server');
/** Names of tests/support/platform.ts. */
const PLATFORMS = ['workerd-d1', 'deno-sqlite', 'node-sqlite', 'node-postgres'];
/** One server for all test files: `initdb` takes half a second. */
const SHARED_POSTGRES = join('tests', 'support', 'shared-postgres.ts');
/** A test that hangs must not take the whole of CI's time with it. */
const TEST_SECONDS = 35 * 60;
const FILE_MS = 5 * 60 * 1000;

const WORKSPACE = ['--locked', '--workspace'];
/** A workspace of its own. Its checks are compiled, linted and run with the tests; `npm run fuzz` builds the rest. */
const FUZZ = ['--manifest-path', join('fuzz', 'Cargo.toml')];

/** @type {Gate[]} */
const CHECKS = [
  { name: 'cargo fmt', part: 'fmt', run: () => check('cargo', ['fmt', '--all', '--check']) },
  { name: 'cargo fmt (fuzz)', part: 'fmt', run: () => check('cargo', ['fmt', ...FUZZ, '--check']) },
  { name: 'biome (lint and format)', part: 'lint', run: biome },
  ...['scripts', 'tests', 'www'].map((folder) => ({
    name: `types of ${folder}`,
    part: 'types',
    run: () => types(folder),
  })),
  {
    name: 'cargo clippy',
    part: 'clippy',
    heavy: true,
    run: () => check('cargo', ['clippy', ...WORKSPACE, '--all-targets', '--', '-D', 'warnings']),
  },
  { name: `builds without std (${NO_STD_TARGET})`, part: 'no-std', heavy: true, run: withoutStd },
  { name: 'cargo deny', part: 'advisories', needs: [CARGO_DENY], run: cargoDenyGate },
  { name: 'npm audit signatures', part: 'advisories', run: npmSignaturesGate },
  { name: 'documentation', part: 'documentation', needs: [TYPEDOC], heavy: true, run: documentation },
  { name: 'cargo test', part: 'rust', heavy: true, run: cargoTest },
  ...browsers.map((browser) => ({
    name: `wasm-pack test (${browser.name})`,
    part: 'browsers',
    needs: [WASM_PACK, ...(browser.name === 'Firefox' ? [FIREFOX, GECKODRIVER] : [CHROMIUM])],
    heavy: true,
    run: () => rustTestsIn(browser),
  })),
];

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

/** Every gate. */
export const gates = [...CHECKS, ...folderGates(), ...httpGates()];

/** Names of the parts. */
export const PARTS = [...new Set(gates.map(({ part }) => part))];

/** @returns {Gate[]} */
function folderGates() {
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
      run: (count) => nodeTest(inFolder, count),
    };
  });
}

/**
 * The folder tests/server on every platform.
 * @returns {Gate[]}
 */
function httpGates() {
  const files = testFiles(HTTP_TESTS);
  return PLATFORMS.map((platform) => ({
    name: `node --test (HTTP on ${platform})`,
    part: 'http',
    files,
    ...(platform === 'node-postgres' ? { needs: [POSTGRES] } : {}),
    run: (count) => {
      const setup = platform === 'node-postgres' ? [`--test-global-setup=${SHARED_POSTGRES}`] : [];
      return nodeTest(files, count, setup, { LIVEKIT_EDGE_PLATFORM: platform });
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
 * A gate that only says yes or no counts as one test.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Result>}
 */
async function check(program, args, env = process.env) {
  const { code, output } = await run(program, args, { env });
  return { passed: Number(code === 0), failed: Number(code !== 0), skipped: [], output };
}

/** Biome is a native program; its launcher picks the one for this machine. */
async function biome() {
  return check(node24(), [join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']);
}

/** @param {string} folder @returns {Promise<Result>} */
async function types(folder) {
  const project = join(root, folder, 'tsconfig.json');
  if (!existsSync(project)) {
    return { passed: 0, failed: 1, skipped: [], output: `${folder}/tsconfig.json is missing\n` };
  }
  return check(node24(), [join(modules, 'typescript', 'bin', 'tsc'), '--noEmit', '-p', project]);
}

/** @returns {Promise<Result>} */
async function withoutStd() {
  const { cargo, env, targetDir } = await compilerFor(NO_STD_TARGET);
  const args = ['build', '--locked', '--lib', '-p', 'livekit-edge'];
  return check(cargo, [...args, '--target', NO_STD_TARGET, '--target-dir', targetDir], env);
}

/** @returns {Promise<Result>} */
async function documentation() {
  const missing = await installTools();
  if (missing !== undefined) return { passed: 0, failed: 0, skipped: [`documentation: ${missing}`], output: '' };
  await buildDocs();
  return { passed: 1, failed: 0, skipped: [], output: '' };
}

/** @returns {Promise<Result>} */
async function cargoTest() {
  // A property that fails shrinks through thousands of panics, and a trace of each is no help.
  const env = { ...process.env, RUST_BACKTRACE: '0' };
  const args = ['test', ...WORKSPACE, '--no-fail-fast'];
  const { code, output } = await run('cargo', args, { env, seconds: TEST_SECONDS });
  return { ...checked(countCargo(output), code), output };
}

/**
 * One report for people and one for counting, of the same run.
 * @param {string[]} files
 * @param {number} count of files that run at a time
 * @param {string[]} [options]
 * @param {Record<string, string>} [variables]
 * @returns {Promise<Result>}
 */
async function nodeTest(files, count, options = [], variables = {}) {
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
    const args = ['--test', ...limits, ...options, ...reporters, ...files];
    const { code, output } = await run(node24(), args, {
      env: { ...process.env, ...variables },
      seconds: TEST_SECONDS,
    });
    const report = existsSync(tap) ? readFileSync(tap, 'utf8') : '';
    const durations = existsSync(times) ? parseDurations(readFileSync(times, 'utf8')) : [];
    return { ...checked(countTap(report), code), output, durations };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
