// Installs the npm packages exactly as locked, and only when the lock or a manifest asks for others than are there.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { modules, root } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';

const LOCK = join(root, 'package-lock.json');
const MANIFESTS = [join(root, 'package.json'), join(root, 'pkg', 'package.json')];
const SECONDS = 300;

export async function npmPackages() {
  const installed = await unlessFresh('npm', { inputs: wanted(), outputs: [] }, () =>
    mustRun(
      'npm',
      ['ci', '--no-audit', '--no-fund'],
      "npm could not install the packages: if package.json and package-lock.json disagree, run 'npm install'; otherwise see npm's message above.",
      { env: withoutLocalBin(), seconds: SECONDS, shell: process.platform === 'win32' },
    ),
  );
  return installed ? undefined : 'up to date';
}

/** A manifest's scripts and exports may change without an install: only what it depends on counts. */
function wanted() {
  const manifests = MANIFESTS.map((file) => {
    if (!existsSync(file)) return 'none';
    const { name, workspaces, dependencies, devDependencies, peerDependencies, optionalDependencies, overrides } =
      JSON.parse(readFileSync(file, 'utf8'));
    return JSON.stringify({
      name,
      workspaces,
      dependencies,
      devDependencies,
      peerDependencies,
      optionalDependencies,
      overrides,
    });
  });
  return digest([LOCK], [...manifests, process.platform, process.arch]);
}

/**
 * Inside `npm run`, `node` is the one in node_modules, which `npm ci` is about to delete: npm's own scripts need
 * one that stays.
 */
function withoutLocalBin() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return { ...process.env, PATH: folders.filter((folder) => !folder.startsWith(modules)).join(delimiter) };
}
