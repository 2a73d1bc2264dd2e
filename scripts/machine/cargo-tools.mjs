// For machines that cannot download programs: builds those that run Rust's tests in browsers, and the one that checks what Rust depends
// on, each once, into target/tools.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { run } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';
import { cargoEnvironment } from '../setup/targets.mjs';

/**
 * @typedef {object} Tool
 * @property {string} crate
 * @property {string} version
 * @property {string[]} programs
 * @property {string[]} flags
 * @property {0 | 1} level how much the compiler optimises: optimisation is not worth its time for short runs
 *
 * @typedef {{ path: string, skip?: never } | { path?: never, skip: string }} Found the program, or why it is missing
 * @typedef {(say: (line: string) => void) => Promise<Found>} Find
 */

const FOLDER = join(root, 'target', 'tools');
export const PROGRAMS = join(FOLDER, 'bin');
const EXE = process.platform === 'win32' ? '.exe' : '';
/** Each takes one to two minutes on two cores. */
const SECONDS = 15 * 60;

/** wasm-pack uses a program and the one beside it, if the first is of the version that the crate was locked to. */
const WASM_BINDGEN = () => ({
  crate: 'wasm-bindgen-cli',
  version: lockedVersion('wasm-bindgen'),
  programs: ['wasm-bindgen', 'wasm-bindgen-test-runner'],
  // Not --locked: its lock file may name releases of the last days, which a registry's mirror does not have yet.
  flags: ['--no-default-features'],
  level: /** @type {const} */ (1),
});
/** @type {Tool} */
const WASM_PACK = { crate: 'wasm-pack', version: '0.15.1', programs: ['wasm-pack'], flags: ['--locked'], level: 0 };

/**
 * wasm-pack and the test runner.
 * @param {(line: string) => void} say
 * @returns {Promise<{ skip?: string }>} why they are missing
 */
export async function wasmPack(say) {
  const missing = (await install(WASM_PACK, say)) ?? (await install(WASM_BINDGEN(), say));
  if (missing !== undefined) return { skip: missing };
  // It asks the registry for a newer wasm-pack: an empty stamp file turns off its update check.
  writeFileSync(join(PROGRAMS, 'wasm-pack.stamp'), '');
  return {};
}

/** Firefox's own half of WebDriver. Debian has no package of it. @type {Find} */
export const geckodriver = (say) => findProgram('geckodriver', '0.37.1', say);

/** Checks licenses, sources and advisories of crates. @type {Find} */
export const cargoDeny = (say) => findProgram('cargo-deny', '0.20.2', say);

/**
 * A crate of one program, with the same name.
 * @param {string} crate
 * @param {string} version
 * @param {(line: string) => void} say
 * @returns {Promise<Found>}
 */
async function findProgram(crate, version, say) {
  const skip = await install({ crate, version, programs: [crate], flags: ['--locked'], level: 0 }, say);
  return skip === undefined ? { path: join(PROGRAMS, crate + EXE) } : { skip };
}

/** @param {string} crate */
function lockedVersion(crate) {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const version = lock.match(new RegExp(`^name = "${crate}"\\nversion = "([^"]+)"`, 'm'))?.[1];
  if (version === undefined) throw new Problem(`Cargo.lock names no ${crate}: run 'cargo update -w'.`);
  return version;
}

/**
 * @param {Tool} tool
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>} why it is missing; that it does not compile is a `Problem`
 */
async function install({ crate, version, programs, flags, level }, say) {
  const inputs = digest([], [crate, version, ...flags, `${level}`]);
  const outputs = programs.map((program) => join(PROGRAMS, program + EXE));
  const work = async () => {
    say(`Building ${crate} ${version}, once, one to two minutes`);
    mkdirSync(FOLDER, { recursive: true });
    const where = ['--root', FOLDER, '--target-dir', join(FOLDER, 'build')];
    const args = ['install', `${crate}@${version}`, ...flags, ...programs.flatMap((program) => ['--bin', program])];
    const env = { ...cargoEnvironment(), ...profile(level) };
    const { code, output, timedOut } = await run('cargo', [...args, '--force', ...where], { env, seconds: SECONDS });
    if (code === 0) return;
    const why = timedOut ? `no end within ${SECONDS} s` : output.trim().match(/^error: .*/m)?.[0];
    // Cargo compiles nothing before everything was fetched.
    if (output.includes(' Compiling ')) throw new Problem(`${output}\n\n${crate} ${version} does not compile here.`);
    throw new Missing(`${crate} ${version} could not be fetched: ${why ?? `cargo ended with ${code}`}`);
  };
  try {
    await unlessFresh(`tool-${crate}`, { inputs, outputs }, work);
    return undefined;
  } catch (error) {
    if (error instanceof Missing) return error.message;
    throw error;
  }
}

class Missing extends Error {}

/** @param {0 | 1} level */
function profile(level) {
  return {
    CARGO_PROFILE_RELEASE_OPT_LEVEL: `${level}`,
    CARGO_PROFILE_RELEASE_LTO: 'off',
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
    CARGO_PROFILE_RELEASE_DEBUG: '0',
  };
}
