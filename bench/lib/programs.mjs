// The runtimes that the packages of the repository install.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modules, node24 } from '../../scripts/lib/paths.mjs';

const EXE = process.platform === 'win32' ? '.exe' : '';

const DENO = join(modules, 'deno', `deno${EXE}`);
/** Bun's program, which has this extension on every system. */
const BUN = join(modules, 'bun', 'bin', 'bun.exe');

/** The runtimes, with the arguments before the path of a script. */
export const runtimes = () => [
  { name: 'Node', program: node24(), args: /** @type {string[]} */ ([]) },
  { name: 'Deno', program: DENO, args: ['run', '--no-prompt', '--no-lock', '--cached-only', '--allow-env'] },
  { name: 'Bun', program: BUN, args: ['--no-install'] },
];

/** @param {string} program */
export const isThere = (program) => existsSync(program);
export { DENO };
