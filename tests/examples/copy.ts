/** A copy of an example with the packed tarball installed, as in its README. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { installPacked, type Packed, packInto } from '../support/packed.ts';

/** Packs the package and its dependencies into a folder. */
export async function pack(): Promise<Packed> {
  mkdirSync(join(root, '.data'), { recursive: true });
  return packInto(mkdtempSync(join(root, '.data', 'examples-')));
}

/** Copies an example beside the tarball and installs it. Nothing is downloaded: other packages are those of the repository. */
export async function copyExample(name: string, packed: Packed): Promise<string> {
  const folder = join(packed.tarball, '..', name);
  cpSync(join(root, 'examples', name), folder, { recursive: true });
  const asked = withoutDependencies(join(folder, 'package.json'));
  await installPacked(folder, packed, ['hono', 'postgres']);
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', 'livekit-edge', 'package.json'), 'utf8'));
  if (asked !== undefined && asked !== version) throw new Error(`${name} does not ask for ${version}`);
  return folder;
}

/** Removes the dependencies of a manifest, if there is one, and returns the version of livekit-edge among them. */
function withoutDependencies(manifest: string): string | undefined {
  if (!existsSync(manifest)) return undefined;
  const { dependencies, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...rest, devDependencies: {} }));
  return dependencies['livekit-edge'];
}

export const remove = ({ tarball }: Packed): void => rmSync(join(tarball, '..'), { recursive: true, force: true });
