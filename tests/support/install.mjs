// Installs packages exactly as a lock file beside a test says, into target/tools.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi, WITHOUT_SCRIPTS } from '../../scripts/lib/npm-ci.mjs';
import { root } from '../../scripts/lib/paths.mjs';

/** The folders that have a lock file, by the name of the folder in target/tools. */
const LOCKED = {
  typescript: join('tests', 'packaging', 'typescript'),
  projects: join('tests', 'packaging', 'projects'),
  frameworks: join('tests', 'examples', 'frameworks'),
};

/** @typedef {keyof typeof LOCKED} Name */

/** What can be installed. */
export const NAMES = /** @type {Name[]} */ (Object.keys(LOCKED));

const FILES = ['package.json', 'package-lock.json'];

/**
 * The folder that packages are installed into.
 * @param {Name} name
 */
export const installed = (name) => join(root, 'target', 'tools', name);

/**
 * Installs packages, or returns why that is not possible here.
 * @param {Name} name
 * @returns {Promise<string | undefined>}
 */
export async function whyNotInstalled(name) {
  const locked = join(root, LOCKED[name]);
  const folder = installed(name);
  const { missing } = await npmCi({
    stamp: `test-${name}`,
    what: `the packages of ${LOCKED[name]}`,
    files: FILES.map((file) => join(locked, file)),
    folder,
    prepare() {
      mkdirSync(folder, { recursive: true });
      for (const file of FILES) copyFileSync(join(locked, file), join(folder, file));
    },
    args: WITHOUT_SCRIPTS,
  });
  return missing;
}
