/** An example as somebody has it who copied its folder and installed the packed tarball, as its README says. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';

const SECONDS = 120;

/** Packs the package into a folder; returns the path of the tarball. */
export async function pack(): Promise<string> {
  mkdirSync(join(root, '.data'), { recursive: true });
  const folder = mkdtempSync(join(root, '.data', 'examples-'));
  return join(folder, (await npm(join(root, 'pkg'), 'pack', '--pack-destination', folder, '--silent')).trim());
}

/** Copies an example beside the tarball and installs that. Nothing is fetched: other packages are the repository's own. */
export async function copyExample(name: string, tarball: string): Promise<string> {
  const folder = join(tarball, '..', name);
  cpSync(join(root, 'examples', name), folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  const { dependencies = {}, ...rest } = name === 'deno' ? {} : JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...rest, devDependencies: {} }));
  await npm(folder, 'install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', tarball);
  for (const other of ['hono', 'postgres']) {
    symlinkSync(realpathSync(join(modules, other)), join(folder, 'node_modules', other), 'junction');
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', 'livekit-edge', 'package.json'), 'utf8'));
  if (name !== 'deno' && dependencies['livekit-edge'] !== version)
    throw new Error(`${name} does not ask for ${version}`);
  return folder;
}

export const remove = (tarball: string): void => rmSync(join(tarball, '..'), { recursive: true, force: true });

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const options = { cwd, seconds: SECONDS, shell: process.platform === 'win32' };
  const problem = 'The package could not be packed or installed.';
  return (await mustRun('npm', [...args, '--ignore-scripts'], problem, options)).stdout;
}
