// The packed package installs into small real projects: each is built and run, and its output is checked.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { installed, whyNotInstalled } from '../support/install.mjs';
import { packPackage } from '../support/packed.ts';
import { closeBrowser } from './page.ts';
import { ProjectFolder, Skipped } from './project.ts';
import { PROJECTS } from './projects.ts';

const AT_ONCE = 2;

let missing: string | undefined;
let folder: string | undefined;
let tarball: string;

before(async () => {
  missing = await whyNotInstalled('projects');
  if (missing !== undefined) return;
  folder = mkdtempSync(join(installed('projects'), 'run-'));
  tarball = await packPackage(folder);
  await unpack(tarball, join(folder, 'node_modules', 'livekit-edge'));
});
after(closeBrowser);
after(() => folder && rmSync(folder, { recursive: true, force: true }));

test('the projects have every dependency of the package, in the version of the repository', () => {
  const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
  const { devDependencies } = read(import.meta.dirname, 'projects', 'package.json');
  for (const name of Object.keys(read(root, 'pkg', 'package.json').dependencies)) {
    assert.equal(devDependencies[name], read(modules, name, 'package.json').version, name);
  }
});

describe('the packed package', { concurrency: AT_ONCE }, () => {
  for (const [index, { name, report, seconds, run }] of PROJECTS.entries()) {
    test(`${name}: ${report}`, async (t) => {
      if (folder === undefined) return t.skip(missing);
      const started = performance.now();
      try {
        await run(new ProjectFolder(join(folder, `${index}`), tarball));
      } catch (error) {
        if (error instanceof Skipped) return t.skip(error.message);
        throw error;
      }
      t.diagnostic(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s, measured before: ${seconds} s`);
    });
  }
});

/** npm packs a folder `package`. Dependencies are found in a parent folder, in which they were installed. */
async function unpack(tarball: string, into: string): Promise<void> {
  mkdirSync(into, { recursive: true });
  await mustRun('tar', ['-xzf', tarball, '-C', into, '--strip-components=1'], 'The tarball could not be unpacked.');
  if (!existsSync(join(into, 'package.json'))) throw new Error(`the tarball has only ${readdirSync(into)}`);
}
