// Compiles pkg/src to pkg/dist, puts the wasm module beside it, and writes both once more as CommonJS: what users install.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commonJs, dist, generated, modules, node24, root } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';
import { writeCommonJs } from './commonjs.mjs';

const PKG = join(root, 'pkg');
const COMPILER = join(modules, 'typescript');
const INPUTS = [
  join(PKG, 'src'),
  join(PKG, 'package.json'),
  join(PKG, 'tsconfig.json'),
  join(root, 'package-lock.json'),
  join(COMPILER, 'package.json'),
  join(root, 'scripts', 'setup', 'commonjs.mjs'),
];

export async function typescriptPackage() {
  const made = await unlessFresh('typescript', { inputs: digest(INPUTS), outputs: [dist, commonJs] }, async () => {
    // The compiler doesn't delete what a removed source file left behind.
    rmSync(dist, { recursive: true, force: true });
    await mustRun(
      node24(),
      [join(COMPILER, 'bin', 'tsc'), '-p', PKG],
      'The TypeScript package does not compile; the message of tsc is above.',
    );
    const target = join(dist, 'wasm', 'generated');
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(generated)) copyFileSync(join(generated, file), join(target, file));
    await writeCommonJs();
  });
  return made ? undefined : 'up to date';
}
