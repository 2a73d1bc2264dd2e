// `npm run advisories` runs this before `npm audit`: known vulnerabilities of crates, from RustSec's database, which `npm test` does
// not download.
import { spawnSync } from 'node:child_process';
import { root } from './lib/paths.mjs';
import { main, Problem } from './lib/problem.mjs';
import { cargoDeny } from './setup/cargo-tools.mjs';
import { ALL_CRATES } from './test/supply-chain.mjs';

await main(async () => {
  const { path, skip } = await cargoDeny(console.log);
  if (path === undefined) throw new Problem(skip);
  const args = [...ALL_CRATES, 'check', 'advisories'];
  process.exitCode = spawnSync(path, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
});
