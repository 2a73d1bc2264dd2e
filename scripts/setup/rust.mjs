// Finds a Rust compiler that can build for a target: the user's own, with rustup's help, else Debian's.
import { join } from 'node:path';
import { onPath, root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { run } from '../lib/run.mjs';
import { debianCompiler, hasDebianRust } from '../machine/debian-rust.mjs';
import { cargoEnvironment, hasStd } from './targets.mjs';

/** A rustup that can't reach its server may hang instead of refusing. */
const RUSTUP_SECONDS = 120;

/**
 * LIVEKIT_EDGE_RUST=debian chooses Debian's.
 * @param {string} target
 * @returns {Promise<import('./targets.mjs').Compiler>}
 */
export async function compilerFor(target) {
  const choice = process.env.LIVEKIT_EDGE_RUST ?? '';
  if (!['', 'debian'].includes(choice)) {
    throw new Problem(`LIVEKIT_EDGE_RUST is '${choice}': set it to 'debian' to force Debian's compiler, or unset it.`);
  }
  if (choice === 'debian') return debianCompiler(target);
  if (await hasStd(target)) return ownCompiler();
  // Where an earlier run had to fall back, asking rustup again would cost its time limit every time.
  if (onPath('rustup') && !hasDebianRust()) {
    await run('rustup', ['target', 'add', target], { seconds: RUSTUP_SECONDS });
    if (await hasStd(target)) return ownCompiler();
  }
  return debianCompiler(target);
}

/** @returns {import('./targets.mjs').Compiler} */
function ownCompiler() {
  return { name: 'rustc', cargo: 'cargo', env: cargoEnvironment(), targetDir: join(root, 'target') };
}
