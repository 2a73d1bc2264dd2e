// Installs packages exactly as a lock file beside a test says, into target/tools.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { digest, unlessFresh } from '../../scripts/lib/stamp.mjs';

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
const SECONDS = 280;
/** What npm says where a registry or a package is not to be had. Anything else is an error of the lock file. */
const UNREACHABLE = /npm error (?:code )?(ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENOTCACHED|E40[34])/;

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
  try {
    await install(name);
    return undefined;
  } catch (error) {
    const [, code] = UNREACHABLE.exec(error instanceof Error ? error.message : '') ?? [];
    if (code === undefined) throw error;
    return `the packages of ${LOCKED[name]} could not be installed: npm ended with ${code}`;
  }
}

/** @param {Name} name */
async function install(name) {
  const locked = join(root, LOCKED[name]);
  const folder = installed(name);
  const inputs = digest(FILES.map((file) => join(locked, file)));
  // npm's own record of what it installed: gone with the folder, and then everything is installed again.
  const outputs = [join(folder, 'node_modules', '.package-lock.json')];
  await unlessFresh(`test-${name}`, { inputs, outputs }, async () => {
    mkdirSync(folder, { recursive: true });
    for (const file of FILES) copyFileSync(join(locked, file), join(folder, file));
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    const options = { cwd: folder, seconds: SECONDS, shell: process.platform === 'win32' };
    await mustRun('npm', args, `npm could not install the packages of ${LOCKED[name]}.`, options);
  });
}
