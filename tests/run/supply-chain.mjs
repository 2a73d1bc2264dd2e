// What the packages depend on: licenses, sources and advisories of crates, and the registry's signatures of npm packages.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { cargoDeny } from '../../scripts/machine/cargo-tools.mjs';

/** @typedef {import('./gates.mjs').Result} Result */

const SECONDS = 300;
/** What `cargo deny` looks at: the workspace, and that of the fuzz targets. Each has a `deny.toml` beside its `Cargo.toml`. */
export const MANIFESTS = ['Cargo.toml', 'fuzz/Cargo.toml'];
/** @param {string} manifest */
export const cratesArguments = (manifest) => ['--manifest-path', manifest, '--workspace', '--locked'];
/** `npm audit signatures` ends with one of these where it has no registry that signs, or no sigstore to ask for its keys. */
const UNREACHABLE =
  /\b(E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|401|403|404|405))\b|found no dependencies to audit/;

/**
 * The rules of both `deny.toml`. Advisories need a copy of RustSec's database, which a test does not download.
 * @returns {Promise<Result>}
 */
export async function cargoDenyGate() {
  const deny = await cargoDeny((line) => console.log(`\n  ${line}`));
  if (deny.path === undefined) return skippedGate(`cargo deny: ${deny.skip}`);
  // Crates of other systems too, which no build of this machine has downloaded.
  for (const manifest of MANIFESTS) {
    const fetched = await run('cargo', ['fetch', '--locked', '--manifest-path', manifest], { seconds: SECONDS });
    if (fetched.code !== 0) return skippedGate('cargo deny: cargo fetch failed; is there a registry?');
  }
  const advisories = hasAdvisories();
  const checks = ['bans', 'licenses', 'sources', ...(advisories ? ['advisories'] : [])];
  const outcomes = [];
  for (const manifest of MANIFESTS) {
    const args = [...cratesArguments(manifest), '--offline', 'check', '--hide-inclusion-graph', ...checks];
    outcomes.push(await run(deny.path, args, { seconds: SECONDS }));
  }
  const failed = outcomes.filter(({ code }) => code !== 0);
  const output = outcomes.map(({ output }) => output).join('\n');
  const skipped = advisories ? [] : ["cargo deny check advisories: no database; 'npm run advisories' downloads it"];
  return { passed: outcomes.length - failed.length, failed: failed.length, skipped, output };
}

/** @returns {Promise<Result>} */
export async function npmSignaturesGate() {
  const shell = process.platform === 'win32';
  const { code, output } = await run('npm', ['audit', 'signatures', '--fetch-retries=0'], { seconds: SECONDS, shell });
  if (code === 0) return { passed: 1, failed: 0, skipped: [], output };
  const reason = UNREACHABLE.exec(output)?.[0];
  if (reason !== undefined) return skippedGate(`npm audit signatures: no registry with signatures answers (${reason})`);
  return { passed: 0, failed: 1, skipped: [], output };
}

/** Whether a copy of RustSec's database is on this machine. */
function hasAdvisories() {
  const folder = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'advisory-dbs');
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('advisory-db-'));
}

/** @param {string} why @returns {Result} */
const skippedGate = (why) => ({ passed: 0, failed: 0, skipped: [why], output: '' });
