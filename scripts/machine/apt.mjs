// For machines whose only source of programs is Debian: installs its packages with apt.
import { existsSync } from 'node:fs';
import { onPath } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
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

/**
 * The program of the variable if it is set, else of the machine, else of Debian's package, which takes root.
 * @param {{ title: string, variable: string, names: string[], debian: string }} wanted the names are looked up on PATH
 * @param {(line: string) => void} say
 * @returns {Promise<{ path: string, skip?: never } | { path?: never, skip: string }>} the program, or why it is missing
 */
export async function findProgram({ title, variable, names, debian }, say) {
  const named = process.env[variable];
  if (named && !existsSync(named)) throw new Problem(`${variable} names no file: ${named}`);
  if (named) return { path: named };
  const present = () => [...names.map(onPath), `/usr/bin/${debian}`].find((path) => path && existsSync(path));
  const there = present();
  if (there) return { path: there };
  say(`Installing ${title} with apt-get, about half a minute`);
  const reason = await aptInstall([debian]);
  const path = present();
  if (path) return { path };
  return {
    skip: `there is no ${title}: install one, or name one in ${variable} (${reason ?? `${debian} came without it`})`,
  };
}
