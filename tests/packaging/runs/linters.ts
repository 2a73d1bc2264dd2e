/** Tools that check how the packed package resolves. */
import assert from 'node:assert/strict';
import type { ProjectFolder } from '../project.ts';

export async function publint(project: ProjectFolder): Promise<void> {
  const output = await project.tool('publint/src/cli.js', project.tarball, '--strict');
  assert.match(output, /All good!/);
}

/** The raw module is not JavaScript, and the manifest has no types. */
const WITHOUT_TYPES = ['livekit_edge.wasm', 'package.json'];

export async function attw(project: ProjectFolder): Promise<void> {
  const args = ['--format', 'ascii', '--exclude-entrypoints', ...WITHOUT_TYPES];
  const output = await project.tool('@arethetypeswrong/cli/dist/index.js', project.tarball, ...args);
  assert.match(output, /No problems found/);
}
