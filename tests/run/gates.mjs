// The gates of `npm test`; the fastest checks come first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildDocs, installTools } from '../../scripts/docs.mjs';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { compilerFor } from '../../scripts/setup/rust.mjs';
import { NO_STD_TARGET } from '../../scripts/setup/targets.mjs';
import { browsers, rustTestsIn } from './browsers.mjs';
import { countCargo, withHiddenFailure } from './count.mjs';
import { folderGates, httpGates, TEST_SECONDS } from './folders.mjs';
import { cargoDenyGate, npmSignaturesGate } from './supply-chain.mjs';
import { CARGO_DENY, CHROMIUM, FIREFOX, GECKODRIVER, TYPEDOC, WASM_PACK } from './tools.mjs';

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

/** Every gate. */
export const gates = [...CHECKS, ...folderGates(), ...httpGates()];

/** Names of the parts. */
export const PARTS = [...new Set(gates.map(({ part }) => part))];

/**
 * Runs a program; its exit code counts as one test.
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
  // Shrinking a failed property causes thousands of panics; their backtraces are noise.
  const env = { ...process.env, RUST_BACKTRACE: '0' };
  const args = ['test', ...WORKSPACE, '--no-fail-fast'];
  const { code, output } = await run('cargo', args, { env, seconds: TEST_SECONDS });
  return { ...withHiddenFailure(countCargo(output), code), output };
}
