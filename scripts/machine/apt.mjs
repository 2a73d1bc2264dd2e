// For machines whose only source of programs is Debian: installs its packages with apt.
import { onPath } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

const SECONDS = 300;

/**
 * @param {string[]} packages
 * @returns {Promise<string | undefined>} why they are not installed
 */
export async function aptInstall(packages) {
  if (!onPath('apt-get')) return 'there is no apt-get';
  if (process.getuid?.() !== 0) return `installing ${packages.join(', ')} takes root`;
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, seconds: SECONDS };
  // Test files run side by side: the second one waits for the lock of the first.
  const apt = (/** @type {string[]} */ ...args) =>
    run('apt-get', ['-o', `DPkg::Lock::Timeout=${SECONDS}`, ...args], options);
  // A failed update leaves the lists as they were, which may be enough.
  await apt('update');
  const { code, output, timedOut } = await apt('install', '-y', '--no-install-recommends', ...packages);
  if (code === 0) return undefined;
  const reason = timedOut ? `no end within ${SECONDS} s` : output.trim().split('\n').at(-1);
  return `apt-get could not install ${packages.join(', ')}: ${reason}`;
}
