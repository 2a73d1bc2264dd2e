// Says what is missing on this machine before anything is started that would fail in a less readable way.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPath, root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { run } from '../lib/run.mjs';

const NODE_NEEDED = 20;

export async function prerequisites() {
  if (Number.parseInt(process.versions.node, 10) < NODE_NEEDED) {
    throw new Problem(
      `Node ${NODE_NEEDED} or newer is needed and this is ${process.versions.node}: install a newer one from https://nodejs.org.`,
    );
  }
  if (!onPath('npm')) {
    throw new Problem('npm was not found on PATH: install it with Node from https://nodejs.org.');
  }
  if (!onPath('cargo')) {
    throw new Problem('cargo was not found on PATH: install Rust from https://rustup.rs, then open a new shell.');
  }
  const { code, stdout, output } = await run('cargo', ['--version']);
  if (code !== 0) {
    throw new Problem(
      `cargo does not start (${output.trim().split('\n')[0]}): run 'rustup default stable', or install Rust anew from https://rustup.rs.`,
    );
  }
  const needed = rustNeeded();
  const found = stdout.match(/\d+\.\d+/)?.[0] ?? '0.0';
  if (older(found, needed)) {
    throw new Problem(`Rust ${needed} or newer is needed and this is ${found}: run 'rustup update stable'.`);
  }
}

/** Cargo.toml is the one place that says which Rust is needed. */
export function rustNeeded() {
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  return manifest.match(/^rust-version\s*=\s*"(\d+\.\d+)/m)?.[1] ?? '0.0';
}

/**
 * Compares `major.minor` by numbers: 1.100 is newer than 1.88.
 * @param {string} version
 * @param {string} than
 */
export function older(version, than) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
