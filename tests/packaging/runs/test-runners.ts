/** Projects whose tests use the package. */
import assert from 'node:assert/strict';
import { assertPrintsMinted } from '../minted.ts';
import { type ProjectFolder, packageFile } from '../project.ts';
import { nodeNamed } from './node.ts';

const JEST = 'jest/bin/jest.js';

/** Fails unless both tests of the project passed and one of them printed its token. */
function assertPassed(output: string): void {
  assert.match(output, /^\s*Tests:?\s+2 passed/m);
  assertPrintsMinted(output);
}

/** The newest Node can `require` an ES module, so jest can: the oldest shows that this is not needed. */
const NODES = ['node-20.9', 'node-24'];

export async function onJest(project: ProjectFolder): Promise<void> {
  project.copy('node', 'jest').write('package.json', { private: true });
  for (const name of NODES) assertPassed(await project.run(nodeNamed(name), [packageFile(JEST)]));
}

/** The keys of an identity provider: jose is an ES module, which jest loads with a flag of Node. */
export async function onJestWithJwks(project: ProjectFolder): Promise<void> {
  project.copy('jest-jwks').write('package.json', { private: true });
  for (const name of NODES) {
    const output = await project.run(nodeNamed(name), ['--experimental-vm-modules', packageFile(JEST)]);
    assert.match(output, /^\s*Tests:?\s+1 passed/m);
  }
}

export async function onTsJest(project: ProjectFolder): Promise<void> {
  project.copy('ts-jest').write('package.json', { private: true, jest: { preset: 'ts-jest' } });
  for (const name of NODES) assertPassed(await project.run(nodeNamed(name), [packageFile(JEST)]));
}

export async function onVitest(project: ProjectFolder): Promise<void> {
  project.copy('app', 'vitest').esm();
  assertPassed(await project.tool('vitest/vitest.mjs', 'run'));
}

export async function onVitestPoolWorkers(project: ProjectFolder): Promise<void> {
  project.copy('app', 'wrangler', 'vitest-pool-workers').esm();
  assertPassed(await project.tool('vitest/vitest.mjs', 'run'));
}
