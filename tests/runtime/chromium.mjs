// Finds a Chromium for the tests, and installs Debian's where it may.
import { existsSync } from 'node:fs';
import { onPath } from '../../scripts/lib/paths.mjs';
import { Problem } from '../../scripts/lib/problem.mjs';
import { run } from '../../scripts/lib/run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const DEBIANS = '/usr/bin/chromium';
const APT_SECONDS = 120;

/**
 * Of `CHROMIUM` if it is set, else of the machine, else of Debian through apt, which takes root.
 * @returns {Promise<{ path: string, skip?: never } | { path?: never, skip: string }>} the program, or why there is none
 */
export async function findChromium(say = console.log) {
  const { CHROMIUM } = process.env;
  if (CHROMIUM && !existsSync(CHROMIUM)) throw new Problem(`CHROMIUM names no file: ${CHROMIUM}`);
  if (CHROMIUM) return { path: CHROMIUM };
  const there = present();
  if (there) return { path: there };
  if (!onPath('apt-get')) return { skip: 'there is no Chromium: install one, or name one in CHROMIUM' };
  if (process.getuid?.() !== 0) {
    return { skip: 'there is no Chromium, and installing one takes root: install it, or name one in CHROMIUM' };
  }
  say('Installing Chromium with apt-get, about half a minute');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {string[]} */ ...args) => run('apt-get', args, { env, seconds: APT_SECONDS });
  // A failed update leaves the lists as they were, which may be enough.
  await apt('update');
  const { output } = await apt('install', '-y', '--no-install-recommends', 'chromium');
  const path = present();
  return path ? { path } : { skip: `apt-get could not install chromium: ${output.trim().split('\n').at(-1)}` };
}

function present() {
  return NAMES.map(onPath).find((path) => path !== undefined) ?? (existsSync(DEBIANS) ? DEBIANS : undefined);
}
