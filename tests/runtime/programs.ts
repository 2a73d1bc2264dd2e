/** The programs that run JavaScript, if this machine has them. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { modules } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

/** A program, or the reason why it is missing. */
export type Found = { readonly path: string; readonly skip?: never } | { readonly path?: never; readonly skip: string };

const EXE = process.platform === 'win32' ? '.exe' : '';

const fromNpm = (name: string, ...file: string[]): Found => {
  const path = join(modules, name, ...file);
  if (existsSync(path)) return { path };
  return {
    skip: `the npm package '${name}' came without its program: allow its install script, then run 'npm run setup'`,
  };
};

export const deno = (): Found => fromNpm('deno', `deno${EXE}`);
/** It has this ending everywhere. */
export const bun = (): Found => fromNpm('bun', 'bin', 'bun.exe');

/** The Node of the machine and not of this repository, if it is of the oldest supported version or newer. */
export async function machinesNode(): Promise<Found> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, `node${EXE}`);
    if (folder === '' || folder.includes('node_modules') || !existsSync(path)) continue;
    const version = (await run(path, ['--version'])).stdout.trim();
    if (Number.parseInt(version.slice(1), 10) >= 20) return { path };
    return { skip: `the machine's own Node is ${version}, which the package does not promise to run on` };
  }
  return { skip: 'the machine has no Node of its own' };
}
