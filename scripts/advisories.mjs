// `npm run advisories`: known vulnerabilities of crates and npm packages, and npm's signatures. Asks RustSec's database, the npm
// registry and sigstore, so that `npm test` leaves out what it cannot have without them.
import { main, Problem } from './lib/problem.mjs';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';
import { cargoDeny } from './setup/cargo-tools.mjs';
import { allCratesOf, MANIFESTS } from './test/supply-chain.mjs';

const SECONDS = 300;

await main(async () => {
  const deny = await cargoDeny(console.log);
  if (deny.path === undefined) throw new Problem(deny.skip);
  for (const manifest of MANIFESTS) {
    const name = manifest === 'Cargo.toml' ? 'advisories of crates' : 'advisories of the crates of fuzz targets';
    await check(name, deny.path, [...allCratesOf(manifest), 'check', 'advisories']);
  }
  await check('advisories of npm packages', 'npm', ['audit', '--omit=dev']);
  await check('signatures of npm packages', 'npm', ['audit', 'signatures']);
});

/**
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 */
async function check(name, program, args) {
  await step(name, async () => {
    const options = { seconds: SECONDS, shell: process.platform === 'win32' };
    await mustRun(program, args, `The check of ${name} failed; its message is above.`, options);
    return undefined;
  });
}
