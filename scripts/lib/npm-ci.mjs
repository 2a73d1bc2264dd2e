// Installs the packages of a lock file outside of the repository's own, where a registry has them.
import { join } from 'node:path';
import { mustRun } from './run.mjs';
import { digest, unlessFresh } from './stamp.mjs';

const ARGS = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
const SECONDS = 280;
/** What npm says where a registry or a package is not to be had. Anything else is an error of the lock file. */
const UNREACHABLE = /npm error (?:code )?(ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENOTCACHED|E40[34])/;

/**
 * Installs packages exactly as locked, or returns why that is not possible here.
 * @param {object} job
 * @param {string} job.stamp
 * @param {string} job.what for the sentence: `the packages of …`
 * @param {string[]} job.files package.json, the lock file, and what else npm's result depends on
 * @param {string} job.folder where node_modules goes
 * @param {() => void} [job.prepare] puts the files there
 * @returns {Promise<string | undefined>}
 */
export async function npmCi({ stamp, what, files, folder, prepare }) {
  // npm's own record of what it installed: gone with the folder, and then everything is installed again.
  const outputs = [join(folder, 'node_modules', '.package-lock.json')];
  try {
    await unlessFresh(stamp, { inputs: digest(files), outputs }, async () => {
      prepare?.();
      const options = { cwd: folder, seconds: SECONDS, shell: process.platform === 'win32' };
      await mustRun('npm', ARGS, `npm could not install ${what}.`, options);
    });
    return undefined;
  } catch (error) {
    const [, code] = UNREACHABLE.exec(error instanceof Error ? error.message : '') ?? [];
    if (code === undefined) throw error;
    return `${what} could not be installed: npm ended with ${code}`;
  }
}
