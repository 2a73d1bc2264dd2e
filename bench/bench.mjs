// `npm run bench`: installs and builds what the benchmark needs, then runs bench/main.mjs with the same options under
// Node 24.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node24, root } from '../scripts/lib/paths.mjs';
import { main } from '../scripts/lib/problem.mjs';
import { step } from '../scripts/lib/step.mjs';
import { setup } from '../scripts/setup.mjs';
import { peers } from './lib/peers.mjs';

await main(async () => {
  const options = process.argv.slice(2);
  await setup();
  // A smoke run measures only installed peers, because `npm test` installs none.
  if (!options.includes('--smoke')) await step('peers of the benchmark', peers);
  const child = spawn(node24(), [join(root, 'bench', 'main.mjs'), ...options], { cwd: root, stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
});
