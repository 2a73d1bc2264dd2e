// Names every place that more than one script reads or writes.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

/** The repository's folder; every command runs there. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export const modules = join(root, 'node_modules');
/** Stamps live inside node_modules, so that removing it makes everything be done again. */
export const stamps = join(modules, '.cache', 'livekit-edge');
/** Where the finished wasm module is put for the TypeScript sources to import. */
export const generated = join(root, 'pkg', 'src', 'wasm', 'generated');
/** Where `npm start` keeps its databases. */
export const dataFolder = join(root, '.data');
/** The compiled npm package. */
export const dist = join(root, 'pkg', 'dist');
/** The same as CommonJS. */
export const commonJs = join(root, 'pkg', 'cjs');

const EXE = process.platform === 'win32' ? '.exe' : '';
const NODE_NEEDED = 24;

/** The Node that the dev server, the tests and the tools run on: the npm package `node`, or the user's if new enough. */
export function node24() {
  const bundled = join(modules, 'node', 'bin', `node${EXE}`);
  if (existsSync(bundled)) return bundled;
  if (Number.parseInt(process.versions.node, 10) >= NODE_NEEDED) return process.execPath;
  throw new Problem(
    `The npm package 'node' came without its program: allow its install script (npm config set ignore-scripts false), or use Node ${NODE_NEEDED}, then run 'npm run setup' again.`,
  );
}

/** The first program of that name on PATH. @param {string} name */
export function onPath(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const file = join(folder, name + ending);
      if (folder && existsSync(file)) return file;
    }
  }
  return undefined;
}
