/** Projects whose tests use the package. */
import assert from 'node:assert/strict';
import { assertPrintsMinted } from '../minted.ts';
import type { ProjectFolder } from '../project.ts';

/** Fails unless both tests of the project passed and one of them printed what it minted. */
function assertPassed(output: string): void {
  assert.match(output, /^\s*Tests:?\s+2 passed/m);
  assertPrintsMinted(output);
}

export async function onJest(project: ProjectFolder): Promise<void> {
  project.copy('node', 'jest').write('package.json', { private: true });
  assertPassed(await project.tool('jest/bin/jest.js'));
}

export async function onTsJest(project: ProjectFolder): Promise<void> {
  project.copy('ts-jest').write('package.json', { private: true, jest: { preset: 'ts-jest' } });
  assertPassed(await project.tool('jest/bin/jest.js'));
}

export async function onVitest(project: ProjectFolder): Promise<void> {
  project.copy('app', 'vitest').esm();
  assertPassed(await project.tool('vitest/vitest.mjs', 'run'));
}

export async function onVitestPoolWorkers(project: ProjectFolder): Promise<void> {
  project.copy('app', 'wrangler', 'vitest-pool-workers').esm();
  assertPassed(await project.tool('vitest/vitest.mjs', 'run'));
}
