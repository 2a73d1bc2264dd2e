// Installs the peers into bench/node_modules exactly as locked, and only when the lock asks for others than are there.
import { delimiter, join } from 'node:path';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { digest, unlessFresh } from '../../scripts/lib/stamp.mjs';

const BENCH = join(root, 'bench');
const SECONDS = 300;

export async function peers() {
  const inputs = digest([join(BENCH, 'package.json'), join(BENCH, 'package-lock.json')]);
  // npm's own record of what it installed: gone with the folder, and then everything is installed again.
  const outputs = [join(BENCH, 'node_modules', '.package-lock.json')];
  const installed = await unlessFresh('bench-peers', { inputs, outputs }, () =>
    mustRun(
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      "npm could not install what is measured against; npm's message is above.",
      { cwd: BENCH, env: withoutLocalBin(), seconds: SECONDS, shell: process.platform === 'win32' },
    ),
  );
  return installed ? undefined : 'up to date';
}

/** Inside `npm run`, `node` is the one of node_modules; npm itself is made for the machine's. */
function withoutLocalBin() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return { ...process.env, PATH: folders.filter((folder) => !folder.startsWith(modules)).join(delimiter) };
}
