// Installs the packages of a lock file, once, if the registry is reachable.
import { delimiter, join } from 'node:path';
import { modules } from './paths.mjs';
import { Problem } from './problem.mjs';
import { run } from './run.mjs';
import { digest, unlessFresh } from './stamp.mjs';

/** npm itself would wait for a registry that does not answer three times, five minutes each. */
const ARGS = ['ci', '--no-audit', '--no-fund', '--fetch-timeout=60000', '--fetch-retries=1'];
const SECONDS = 280;
const NOT_STARTED = 127;
/** Of packages that build nothing here. */
export const WITHOUT_SCRIPTS = ['--ignore-scripts', '--prefer-offline', '--loglevel=error'];
/** What npm prints if a registry or a package is unavailable. Anything else is an error of the lock file. */
const UNREACHABLE =
  /npm error (?:code )?(ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|E40[34]|E5\d\d)/;

/**
 * @typedef {object} Job
 * @property {string} stamp
 * @property {string} what for the sentence: `the packages of …`
 * @property {string[]} files package.json, the lock file, and what else npm's result depends on
 * @property {string} folder where node_modules goes
 * @property {() => void} [prepare] puts the files there
 * @property {string[]} [args] more arguments of npm
 * @property {number} [seconds] time limit
 */

/**
 * Installs packages exactly as locked.
 * @param {Job} job
 * @returns {Promise<{ installed: boolean, missing?: string }>} whether npm was run, and why that is not possible here
 */
export async function npmCi({ stamp, what, files, folder, prepare, args = [], seconds = SECONDS }) {
  // npm's own record of what it installed: gone with the folder, and then everything is installed again.
  const outputs = [join(folder, 'node_modules', '.package-lock.json')];
  /** @type {string | undefined} */
  let missing;
  try {
    const installed = await unlessFresh(stamp, { inputs: digest(files), outputs }, async () => {
      prepare?.();
      const options = { cwd: folder, env: withoutLocalBin(), seconds, shell: process.platform === 'win32' };
      const { code, output, timedOut } = await run('npm', [...ARGS, ...args], options);
      if (code === 0) return;
      const [, reason] = UNREACHABLE.exec(output) ?? [];
      if (timedOut) missing = `no end within ${seconds} s: does the registry answer?`;
      else missing = code === NOT_STARTED ? output.trim() : reason;
      throw new Problem(`\n${output.trimEnd()}\n\nnpm could not install ${what}: its message is above.`);
    });
    return { installed };
  } catch (error) {
    if (missing === undefined) throw error;
    return { installed: false, missing: `npm could not install ${what} (${missing})` };
  }
}

/** Inside `npm run`, `node` is the one in node_modules, which `npm ci` may be about to delete. */
function withoutLocalBin() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return { ...process.env, PATH: folders.filter((folder) => !folder.startsWith(modules)).join(delimiter) };
}
