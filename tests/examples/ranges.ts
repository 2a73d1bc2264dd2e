/** The version ranges in the examples. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** True if a version is in a range that begins with `^`: the first number that is not 0 is the same, and the rest no older. */
function isInRange(version: string | undefined, range: string): boolean {
  assert.ok(range.startsWith('^'), range);
  const [oldest = [], found = []] = [range.slice(1), version ?? ''].map((text) => text.split('.').map(Number));
  const first = oldest.findIndex((number) => number !== 0);
  const differs = found.findIndex((number, at) => number !== oldest[at]);
  return found.length === 3 && (differs < 0 || (differs > first && Number(found[differs]) > Number(oldest[differs])));
}

/** Fails unless the `package.json` of an example requires this package and allows the installed versions. */
export function checkRanges(name: string): void {
  const { dependencies, devDependencies = {} } = readJson(join(root, 'examples', name, 'package.json'));
  const { version } = readJson(join(root, 'pkg', 'package.json'));
  const { devDependencies: locked } = readJson(join(import.meta.dirname, 'frameworks', 'package.json'));
  for (const [dependency, range] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
    if (dependency === 'livekit-edge') assert.equal(range, version);
    else assert.ok(isInRange(locked[dependency], range), `${dependency} ${range}`);
  }
}
