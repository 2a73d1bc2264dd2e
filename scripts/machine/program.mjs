// Finds a program for the tests, or installs Debian's package of it as root.
import { existsSync } from 'node:fs';
import { onPath } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { aptInstall } from './apt.mjs';

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
  say(`Installing ${title} with apt-get, about half a minute`);
  const reason = await aptInstall([debian]);
  const path = present();
  if (path) return { path };
  return {
    skip: `there is no ${title}: install one, or name one in ${variable} (${reason ?? `${debian} came without it`})`,
  };
}
