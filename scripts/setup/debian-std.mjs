// Builds Rust's own library for a target from Debian's source package and puts it beside Debian's compiler.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../lib/run.mjs';

/** The scratch crate is there only because cargo builds std as part of building something. */
const SCRATCH = 'scratch_for_std';
const MANIFEST = `[package]\nname = "${SCRATCH}"\nversion = "0.0.0"\nedition = "2021"\n\n[lib]\npath = "lib.rs"\n`;
/** A target without an operating system has no std; wasm's is complete, so that tests can be built for it as well. */
const ALL_OF_STD = 'std,panic_abort,panic_unwind,proc_macro,test';
const WITHOUT_STD = 'core,alloc';
const SECONDS = 600;

/**
 * @param {object} job
 * @param {string} job.target
 * @param {string} job.folder where the compiler looks for the target's libraries
 * @param {string} job.cargo
 * @param {string} job.rustc
 * @param {{ name: string, text: string }} job.stamp a file written last: what lies beside it is complete
 */
export async function installStd({ target, folder, cargo, rustc, stamp }) {
  const scratch = mkdtempSync(join(tmpdir(), 'livekit-edge-std-'));
  try {
    writeFileSync(join(scratch, 'Cargo.toml'), MANIFEST);
    writeFileSync(join(scratch, 'lib.rs'), '#![no_std]\n');
    const crates = target.includes('-none-') ? WITHOUT_STD : ALL_OF_STD;
    await mustRun(
      cargo,
      ['build', '--release', '--target', target, `-Zbuild-std=${crates}`],
      `Rust's library for ${target} could not be built: run 'rustup target add ${target}' while online.`,
      { cwd: scratch, env: environment(rustc, scratch), seconds: SECONDS },
    );
    const built = join(scratch, 'target', target, 'release', 'deps');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(built)) {
      if (file.endsWith('.rlib') && !file.includes(SCRATCH)) copyFileSync(join(built, file), join(folder, file));
    }
    writeFileSync(join(folder, stamp.name), stamp.text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} rustc
 * @param {string} scratch
 */
function environment(rustc, scratch) {
  return {
    ...process.env,
    RUSTC: rustc,
    CARGO_TARGET_DIR: join(scratch, 'target'),
    // -Z flags are for nightly compilers; std is built from the compiler's own source, so this one is a fair exception.
    RUSTC_BOOTSTRAP: '1',
    // Without the bitcode, link-time optimisation of the module fails with "failed to get bitcode".
    RUSTFLAGS: '-Cembed-bitcode=yes',
  };
}
