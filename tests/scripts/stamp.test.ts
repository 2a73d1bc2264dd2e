// A step is skipped only when its inputs are the same and its outputs are untouched.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stamps } from '../../scripts/lib/paths.mjs';
import { digest, unlessFresh } from '../../scripts/lib/stamp.mjs';

const NAME = `test-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-stamp-'));
const output = join(folder, 'output');
after(() => {
  rmSync(folder, { recursive: true });
  rmSync(join(stamps, NAME), { force: true });
});

const make = (inputs: string) =>
  unlessFresh(NAME, { inputs, outputs: [folder] }, async () => writeFileSync(output, 'x'));

test('done once, and again for other inputs and for a changed or missing output', async () => {
  assert.equal(await make('a'), true);
  assert.equal(await make('a'), false);
  assert.equal(await make('b'), true);
  writeFileSync(output, 'edited');
  assert.equal(await make('b'), true);
  rmSync(output);
  assert.equal(await make('b'), true);
  assert.equal(await make('b'), false);
});

test('a failed step leaves no stamp', async () => {
  await assert.rejects(unlessFresh(NAME, { inputs: 'c', outputs: [] }, () => Promise.reject(new Error('no'))));
  assert.equal(await make('c'), true);
});

test('a digest sees content, names, words and what is missing', () => {
  const here = digest([folder]);
  assert.notEqual(digest([folder], ['-O3']), here);
  assert.notEqual(digest([join(folder, 'none')]), here);
  writeFileSync(join(folder, 'second'), '');
  assert.notEqual(digest([folder]), here);
});
