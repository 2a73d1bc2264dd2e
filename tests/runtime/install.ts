/** Packs the package and installs the tarball into a small application, which is then what the tests run. */
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

const VECTORS = ['tokens', 'requests', 'webhooks', 'claims'];
const SECONDS = 60;

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

  // Its own scripts would set up the whole repository, which was done before the tests.
  const tarball = (await npm(join(root, 'pkg'), 'pack', '--pack-destination', folder, '--silent')).trim();
  // The tarball is a file and hono is not fetched: nothing here needs a network.
  await npm(folder, 'install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', `./${tarball}`);
  symlinkSync(realpathSync(join(modules, 'hono')), join(folder, 'node_modules', 'hono'), 'junction');
}

/** JSON within a text, so that every runtime parses it itself, half surrogate pairs included. */
function vectors(): string {
  const files = VECTORS.map((name) => [
    name,
    JSON.parse(readFileSync(join(root, 'tests', 'vectors', `${name}.json`), 'utf8')),
  ]);
  return JSON.stringify(Object.fromEntries(files));
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const options = { cwd, seconds: SECONDS, shell: process.platform === 'win32' };
  const { stdout } = await mustRun(
    'npm',
    [...args, '--ignore-scripts'],
    'The package could not be packed or installed.',
    options,
  );
  return stdout;
}
