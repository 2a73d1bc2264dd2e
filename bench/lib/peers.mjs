// Installs the peers into bench/node_modules by the lock file, if they are not up to date.
import { delimiter, join } from 'node:path';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { digest, unlessFresh } from '../../scripts/lib/stamp.mjs';

const BENCH = join(root, 'bench');
const SECONDS = 300;

export async function peers() {
  const inputs = digest([join(BENCH, 'package.json'), join(BENCH, 'package-lock.json')]);
  // npm's record of the installation. If the folder is deleted, everything is installed again.
  const outputs = [join(BENCH, 'node_modules', '.package-lock.json')];
  const installed = await unlessFresh('bench-peers', { inputs, outputs }, () =>
    mustRun(
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      "npm could not install the peers of the benchmark; npm's message is above.",
      { cwd: BENCH, env: withoutLocalBin(), seconds: SECONDS, shell: process.platform === 'win32' },
    ),
  );
  return installed ? undefined : 'up to date';
}

/**
 * Removes node_modules/.bin from PATH. Inside `npm run`, `node` would otherwise be that of node_modules instead of
 * npm's.
 */
function withoutLocalBin() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return { ...process.env, PATH: folders.filter((folder) => !folder.startsWith(modules)).join(delimiter) };
}
