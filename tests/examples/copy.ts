/** An example as somebody has it who copied its folder and installed the packed tarball, as its README says. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { installPacked, type Packed, packInto } from '../support/packed.ts';

/** Packs the package and its dependencies into a folder. */
export async function pack(): Promise<Packed> {
  mkdirSync(join(root, '.data'), { recursive: true });
  return packInto(mkdtempSync(join(root, '.data', 'examples-')));
}

/** Copies an example beside the tarball and installs that. Nothing is fetched: other packages are the repository's own. */
export async function copyExample(name: string, packed: Packed): Promise<string> {
  const folder = join(packed.tarball, '..', name);
  cpSync(join(root, 'examples', name), folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  const { dependencies = {}, ...rest } = name === 'deno' ? {} : JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...rest, devDependencies: {} }));
  await installPacked(folder, packed, ['hono', 'postgres']);
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', 'livekit-edge', 'package.json'), 'utf8'));
  if (name !== 'deno' && dependencies['livekit-edge'] !== version)
    throw new Error(`${name} does not ask for ${version}`);
  return folder;
}

export const remove = ({ tarball }: Packed): void => rmSync(join(tarball, '..'), { recursive: true, force: true });
