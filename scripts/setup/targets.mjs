// Names the targets that the Rust core is built for and finds a compiler's library for one.
import { existsSync, readdirSync } from 'node:fs';
import { run } from '../lib/run.mjs';

/** The Workers, Deno, Node, Bun and browser module. */
export const WASM_TARGET = 'wasm32-unknown-unknown';
/** A target with no std at all: building for it proves that the core needs none. */
export const NO_STD_TARGET = 'thumbv7em-none-eabi';

/**
 * @typedef {object} Compiler
 * @property {string} name for the user
 * @property {string} cargo the program
 * @property {NodeJS.ProcessEnv} env what cargo has to be started with
 * @property {string} targetDir where its results go; two compilers never share one
 */

/** RUSTFLAGS in the environment would replace those of .cargo/config.toml, and with them the module's SIMD. */
export function cargoEnvironment() {
  const env = { ...process.env };
  delete env.RUSTFLAGS;
  delete env.CARGO_ENCODED_RUSTFLAGS;
  return env;
}

/**
 * Whether rustc has the target's library. Looking into its folder works for every way to install Rust, `rustup target list` only for
 * rustup's.
 * @param {string} target
 */
export async function hasStd(target) {
  const { code, stdout } = await run('rustc', ['--print', 'target-libdir', '--target', target]);
  const folder = stdout.trim();
  return code === 0 && existsSync(folder) && readdirSync(folder).some((file) => /^libcore-.*\.rlib$/.test(file));
}
