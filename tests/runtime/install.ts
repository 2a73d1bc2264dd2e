/** Packs the package and installs the tarball into a small application, which the tests run. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { installPacked, packInto } from '../support/packed.ts';

const VECTORS = ['tokens', 'requests', 'webhooks', 'claims'];

export interface Application {
  readonly folder: string;
  /** Where the package is installed. */
  readonly installed: string;
  remove(): void;
}

export async function install(): Promise<Application> {
  mkdirSync(join(root, '.data'), { recursive: true });
  const folder = mkdtempSync(join(root, '.data', 'runtime-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await installInto(folder);
    return { folder, installed: realpathSync(join(folder, 'node_modules', 'livekit-edge')), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function installInto(folder: string): Promise<void> {
  const here = import.meta.dirname;
  cpSync(join(here, 'consumer'), folder, { recursive: true });
  cpSync(join(here, 'suite.js'), join(folder, 'suite.js'));
  cpSync(join(here, 'checks'), join(folder, 'checks'), { recursive: true });
  writeFileSync(join(folder, 'vectors.js'), `export default ${JSON.stringify(vectors())};\n`);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');

  await installPacked(folder, await packInto(folder), ['hono']);
}

/** JSON in a string, so that every runtime parses it itself, half surrogate pairs included. */
function vectors(): string {
  const files = VECTORS.map((name) => [
    name,
    JSON.parse(readFileSync(join(root, 'tests', 'vectors', `${name}.json`), 'utf8')),
  ]);
  return JSON.stringify(Object.fromEntries(files));
}
