// Builds the fuzz targets with the compiler's coverage for libFuzzer, on stable Rust: what `cargo fuzz` does without a sanitizer. The
// crate has no unsafe code that one could watch.
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { run } from '../lib/run.mjs';

/** LLVM's coverage of edges with counters, and of comparisons, which libFuzzer learns values from. */
const FLAGS = [
  '--cfg=fuzzing',
  '-Cpasses=sancov-module',
  '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares',
];
/** A first build takes two minutes on two idle cores. */
const SECONDS = 30 * 60;

/**
 * Builds every target.
 * @returns {Promise<string>} the folder of the programs
 */
export async function build() {
  const host = await hostTarget();
  const folder = join(root, 'target', 'fuzz', 'build');
  const where = ['--manifest-path', join('fuzz', 'Cargo.toml'), '--target', host, '--target-dir', folder];
  // Named, so that build scripts and macros get no coverage.
  const env = { ...process.env, CARGO_ENCODED_RUSTFLAGS: FLAGS.join('\x1f') };
  const args = ['build', '--release', '--locked', '--bins', '--examples', ...where];
  const { code, output, timedOut } = await run('cargo', args, { env, seconds: SECONDS });
  if (code === 0) return join(folder, host, 'release');
  throw new Problem(`\n${output.trimEnd()}\n\n${reason(output, timedOut)}`);
}

/**
 * @param {string} output
 * @param {boolean} timedOut
 */
function reason(output, timedOut) {
  if (timedOut) return `The fuzz targets were not built within ${SECONDS} s.`;
  if (/failed to find tool|No such file or directory.*(c\+\+|g\+\+|clang)/.test(output)) {
    return 'The fuzz targets need a C++ compiler, for libFuzzer: install g++ or clang, or name one in CXX.';
  }
  // Cargo compiles nothing before everything was fetched.
  if (!output.includes(' Compiling ') && /failed to (download|get|fetch)|Could not resolve/.test(output)) {
    return 'The crates of fuzz/Cargo.lock could not be fetched; is there a registry?';
  }
  return 'The fuzz targets do not compile; the reason is above.';
}

async function hostTarget() {
  const { code, stdout } = await run('rustc', ['-vV']);
  const host = stdout.match(/^host: (.+)$/m)?.[1];
  if (code !== 0 || host === undefined)
    throw new Problem('The fuzz targets need Rust: install it from https://rustup.rs.');
  return host;
}
