/** A copy of an example with the packed tarball installed, as in its README. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { installPacked, type Packed, packInto } from '../support/packed.ts';

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** The example into which npm installs the packages; the others link to them. Deno may read only its own folder. */
const INSTALLED = 'deno';

/** Packs the package and its dependencies, and installs them for all examples. Nothing is downloaded: other packages are those of the repository. */
export async function pack(): Promise<Packed> {
  mkdirSync(join(root, '.data'), { recursive: true });
  const folder = mkdtempSync(join(root, '.data', 'examples-'));
  const packed = await packInto(folder);
  const project = join(folder, INSTALLED);
  mkdirSync(project);
  await installPacked(project, packed, ['hono', 'postgres']);
  return packed;
}

/** Copies an example beside the tarball, with the installed packages. */
export function copyExample(name: string, packed: Packed): string {
  const folder = join(packed.tarball, '..', name);
  cpSync(join(root, 'examples', name), folder, { recursive: true });
  const installed = join(folder, '..', INSTALLED, 'node_modules');
  if (name !== INSTALLED) symlinkSync(installed, join(folder, 'node_modules'), 'junction');
  const manifest = join(root, 'examples', name, 'package.json');
  if (existsSync(manifest)) {
    const { version } = readJson(join(installed, 'livekit-edge', 'package.json'));
    if (readJson(manifest).dependencies['livekit-edge'] !== version)
      throw new Error(`${name} does not ask for ${version}`);
  }
  return folder;
}

export const remove = ({ tarball }: Packed): void => rmSync(join(tarball, '..'), { recursive: true, force: true });
