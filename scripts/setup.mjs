// Makes a fresh clone ready to serve and to test: npm packages, Rust's wasm target, the WebAssembly module, the npm package.
// Every step is skipped when its result is there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi } from './lib/npm-ci.mjs';
import { root } from './lib/paths.mjs';
import { main, Problem } from './lib/problem.mjs';
import { run } from './lib/run.mjs';
import { step } from './lib/step.mjs';
import { npmPackage } from './setup/package.mjs';
import { wasmModule, wasmTarget } from './setup/wasm.mjs';

const NODE_NEEDED = 20;

export async function setup() {
  await checkMachine();
  await step('npm packages', npmPackages);
  await step('Rust for wasm', wasmTarget);
  await step('WebAssembly module', wasmModule);
  await step('TypeScript package', npmPackage);
}

/** Names what is missing on this machine before anything is installed. */
async function checkMachine() {
  if (Number.parseInt(process.versions.node, 10) < NODE_NEEDED) {
    throw new Problem(
      `Node ${NODE_NEEDED} or newer is needed and this is ${process.versions.node}: https://nodejs.org.`,
    );
  }
  const { code, stdout, output } = await run('cargo', ['--version']);
  if (code !== 0) {
    const reason = output.trim().split('\n')[0];
    throw new Problem(
      `cargo does not start (${reason}): install Rust from https://rustup.rs, or run 'rustup default stable'.`,
    );
  }
  const minor = (/** @type {string} */ text) => Number(/\b1\.(\d+)/.exec(text)?.[1] ?? 0);
  const [needed = ''] = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^rust-version.*/m) ?? [];
  if (minor(stdout) < minor(needed)) {
    throw new Problem(
      `Rust 1.${minor(needed)} or newer is needed and this is ${stdout.trim()}: run 'rustup update stable'.`,
    );
  }
}

async function npmPackages() {
  // The lock file repeats what the manifests depend on, and no other change of them needs an installation.
  const files = [join(root, 'package-lock.json')];
  const { installed, missing } = await npmCi({ stamp: 'npm', what: 'the npm packages', files, folder: root });
  if (missing !== undefined) throw new Problem(missing);
  return installed ? undefined : 'up to date';
}

await main(setup, import.meta.url);
