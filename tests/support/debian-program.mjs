// Finds a program for the tests, and installs Debian's package of it where it may.
import { existsSync } from 'node:fs';
import { onPath } from '../../scripts/lib/paths.mjs';
import { Problem } from '../../scripts/lib/problem.mjs';
import { run } from '../../scripts/lib/run.mjs';

const APT_SECONDS = 120;

/**
 * @typedef {object} Wanted
 * @property {string} title for people
 * @property {string} variable that may name it
 * @property {string[]} names on PATH
 * @property {string} debian the package
 */

/**
 * Of the variable if it is set, else of the machine, else of Debian through apt, which takes root.
 * @param {Wanted} wanted
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
  if (!onPath('apt-get')) return { skip: `there is no ${title}: install one, or name one in ${variable}` };
  if (process.getuid?.() !== 0) {
    return { skip: `there is no ${title}, and installing one takes root: install it, or name one in ${variable}` };
  }
  say(`Installing ${title} with apt-get, about half a minute`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Test files run side by side: who comes second waits for the lock of who came first.
  const apt = (/** @type {string[]} */ ...args) =>
    run('apt-get', ['-o', `DPkg::Lock::Timeout=${APT_SECONDS}`, ...args], { env, seconds: APT_SECONDS });
  // A failed update leaves the lists as they were, which may be enough.
  await apt('update');
  const { output } = await apt('install', '-y', '--no-install-recommends', debian);
  const path = present();
  return path ? { path } : { skip: `apt-get could not install ${debian}: ${output.trim().split('\n').at(-1)}` };
}
