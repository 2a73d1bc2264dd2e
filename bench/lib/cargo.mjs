// Builds the Rust parts of the benchmark, each in its own target folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { compilerFor } from '../../scripts/setup/rust.mjs';
import { WASM_TARGET } from '../../scripts/setup/targets.mjs';

const FLOOR = join(root, 'bench', 'floor', 'Cargo.toml');
const NATIVE = join(root, 'bench', 'native', 'Cargo.toml');
const COMPILE_SECONDS = 420;

/**
 * Builds the floor's module with the options of the package's module: SIMD by .cargo/config.toml, and wasm-opt for
 * speed.
 */
export async function floorModule() {
  const { cargo, env, targetDir } = await compilerFor(WASM_TARGET);
  const folder = join(targetDir, 'bench-floor');
  const target = ['--target', WASM_TARGET, '--target-dir', folder];
  await mustRun(
    cargo,
    ['build', '--locked', '--release', '--manifest-path', FLOOR, ...target],
    'The floor does not compile; the message of cargo is above.',
    { env, seconds: COMPILE_SECONDS },
  );
  const compiled = join(folder, WASM_TARGET, 'release', 'livekit_edge_bench_floor.wasm');
  const optimised = join(folder, 'floor.wasm');
  await mustRun(
    node24(),
    [join(modules, 'binaryen', 'bin', 'wasm-opt'), '-O3', '--all-features', compiled, '-o', optimised],
    'wasm-opt failed on the floor; its message is above.',
  );
  return new Uint8Array(readFileSync(optimised));
}

const targetDir = join(root, 'target', 'bench-native');
/** Folder with criterion's results. */
export const CRITERION = join(targetDir, 'criterion');

/**
 * Runs criterion on all native benchmarks once.
 * @param {string[]} options
 */
export async function nativeBenchmarks(options) {
  // Not --locked: peers are pinned in the manifest, and the dependencies of livekit-edge change.
  const args = ['bench', '--manifest-path', NATIVE, '--target-dir', targetDir, '--bench', 'tokens'];
  const env = { ...process.env, CRITERION_HOME: CRITERION };
  const sentence = 'The native benchmarks failed; the message of cargo is above.';
  return mustRun('cargo', [...args, '--', ...options], sentence, { env, seconds: COMPILE_SECONDS });
}
