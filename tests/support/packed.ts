/** The package as npm packs it, and its installation into a folder, without a registry. */
import { existsSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';

const SECONDS = 120;
const INSTALL = ['install', '--offline', '--no-audit', '--no-fund'];

/** Tarballs of the package and of every package that it depends on, in the versions that the lock file pins. */
export interface Packed {
  /** Path of the package's own tarball. */
  readonly tarball: string;
  /** Paths of the tarballs of its dependencies. */
  readonly dependencies: readonly string[];
}

/** Packs the package and its dependencies into a folder. */
export async function packInto(folder: string): Promise<Packed> {
  const [tarball = '', ...dependencies] = await pack(folder, [join(root, 'pkg'), ...dependencyFolders()]);
  return { tarball, dependencies };
}

/** Packs the package alone into a folder; returns the path of its tarball. */
export async function packPackage(folder: string): Promise<string> {
  const [tarball = ''] = await pack(folder, [join(root, 'pkg')]);
  return tarball;
}

async function pack(folder: string, sources: string[]): Promise<string[]> {
  // Its own scripts would set up the whole repository, which was done before the tests.
  const stdout = await npm(folder, 'pack', ...sources, '--pack-destination', folder, '--silent');
  return stdout
    .trim()
    .split(/\r?\n/)
    .map((name) => join(folder, name));
}

/** Installs what was packed into a folder, with or without a `package.json`; peers are links to the repository's own. */
export async function installPacked(folder: string, { tarball, dependencies }: Packed, peers: string[]): Promise<void> {
  await npm(folder, ...INSTALL, '--prefix', '.', '--legacy-peer-deps', tarball, ...dependencies);
  for (const peer of peers) {
    symlinkSync(realpathSync(join(modules, peer)), join(folder, 'node_modules', peer), 'junction');
  }
}

/** Installs what was packed beside other packages, with npm's own check of peers. Rejects where they conflict. */
export async function installBeside(folder: string, { tarball, dependencies }: Packed, others: string[]) {
  await npm(folder, ...INSTALL, ...others, tarball, ...dependencies);
}

/** The folders of everything that the package depends on, however far. */
function dependencyFolders(): string[] {
  const folders = new Set<string>();
  const visit = (folder: string) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) {
      const found = [join(folder, 'node_modules', name), join(modules, name)].find((path) => existsSync(path));
      if (found === undefined) throw new Error(`${name} is not installed`);
      if (folders.has(found)) continue;
      folders.add(found);
      visit(found);
    }
  };
  visit(join(root, 'pkg'));
  return [...folders];
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const options = { cwd, seconds: SECONDS, shell: process.platform === 'win32' };
  const problem = 'The package could not be packed or installed.';
  return (await mustRun('npm', [...args, '--ignore-scripts'], problem, options)).stdout;
}
