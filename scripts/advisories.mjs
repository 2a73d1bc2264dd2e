// `npm run advisories` runs this before `npm audit`: known vulnerabilities of crates, from RustSec's database, which `npm test` does
// not download.

import { cratesArguments, MANIFESTS } from '../tests/run/supply-chain.mjs';
import { root } from './lib/paths.mjs';
import { main, Problem } from './lib/problem.mjs';
import { mustRun } from './lib/run.mjs';
import { cargoDeny } from './machine/cargo-tools.mjs';

await main(async () => {
  const { path, skip } = await cargoDeny(console.log);
  if (path === undefined) throw new Problem(skip);
  for (const manifest of MANIFESTS) {
    const args = [...cratesArguments(manifest), 'check', 'advisories'];
    await mustRun(path, args, `cargo-deny's message about ${manifest} is above.`, { cwd: root });
    console.log(`${manifest}: no known vulnerability`);
  }
});
