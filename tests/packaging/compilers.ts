/** The TypeScript compilers that the package's types are checked with. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { digest, unlessFresh } from '../../scripts/lib/stamp.mjs';

const LOCKED = join(import.meta.dirname, 'typescript');
const FILES = ['package.json', 'package-lock.json'];
const FOLDER = join(root, 'target', 'tools', 'typescript');
const SECONDS = 240;

/** The program `tsc` by version. The newest is the repository's own, the others are installed by {@link install}. */
export const COMPILERS: Record<string, string> = {
  ...Object.fromEntries(
    ['5.0', '5.4', '5.9'].map((version) => [
      version,
      join(FOLDER, 'node_modules', `typescript-${version}`, 'bin', 'tsc'),
    ]),
  ),
  '7.0': join(modules, 'typescript', 'bin', 'tsc'),
};

/** Installs the older compilers exactly as locked. Rejects where there is no registry and npm has not cached them. */
export async function install(): Promise<void> {
  const inputs = digest(FILES.map((file) => join(LOCKED, file)));
  // npm's own record of what it installed: gone with the folder, and then everything is installed again.
  const outputs = [join(FOLDER, 'node_modules', '.package-lock.json')];
  await unlessFresh('test-typescript', { inputs, outputs }, async () => {
    mkdirSync(FOLDER, { recursive: true });
    for (const file of FILES) copyFileSync(join(LOCKED, file), join(FOLDER, file));
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    const options = { cwd: FOLDER, seconds: SECONDS, shell: process.platform === 'win32' };
    await mustRun('npm', args, 'npm could not install the older compilers.', options);
  });
}
