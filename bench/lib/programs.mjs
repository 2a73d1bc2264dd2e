// The runtimes that the repository's own packages bring.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modules, node24 } from '../../scripts/lib/paths.mjs';

const EXE = process.platform === 'win32' ? '.exe' : '';

const DENO = join(modules, 'deno', `deno${EXE}`);
/** It has this ending everywhere. */
const BUN = join(modules, 'bun', 'bin', 'bun.exe');

/** The programs that run a script, by name, with the arguments that come before its path. */
export const runtimes = () => [
  { name: 'Node', program: node24(), args: /** @type {string[]} */ ([]) },
  { name: 'Deno', program: DENO, args: ['run', '--no-prompt', '--no-lock', '--cached-only', '--allow-env'] },
  { name: 'Bun', program: BUN, args: ['--no-install'] },
];

/** @param {string} program */
export const isThere = (program) => existsSync(program);
export { DENO };
