// For machines where rustup cannot download a target: Debian's compiler, with which cargo builds std from Debian's source.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { cargoEnvironment } from '../setup/targets.mjs';
import { aptInstall } from './apt.mjs';

/** The compiler, std's source, and the linker for wasm. */
const PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-19'];
const FILES = [
  '/usr/bin/rustc',
  '/usr/bin/cargo',
  '/usr/lib/rustlib/src/rust/library/Cargo.lock',
  '/usr/bin/wasm-ld-19',
];
const [RUSTC = '', CARGO = '', , LINKER] = FILES;

/** Whether an earlier run installed it. */
export const hasDebianRust = () => FILES.every(existsSync);

/** @param {string} target @returns {Promise<import('../setup/targets.mjs').Compiler>} */
export async function debianCompiler(target) {
  if (!hasDebianRust()) {
    const reason = await aptInstall(PACKAGES);
    if (reason !== undefined) {
      throw new Problem(
        `The Rust target ${target} is missing: run 'rustup target add ${target}' while online (${reason}).`,
      );
    }
  }
  const env = {
    ...cargoEnvironment(),
    RUSTC,
    // A stable cargo builds std only where nightly's options are allowed. A target without an operating system has no std.
    RUSTC_BOOTSTRAP: '1',
    CARGO_UNSTABLE_BUILD_STD: target.includes('-none-') ? 'core,alloc' : 'std,panic_abort,panic_unwind,proc_macro,test',
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: LINKER,
  };
  return { name: "Debian's rustc", cargo: CARGO, env, targetDir: join(root, 'target', 'debian') };
}
