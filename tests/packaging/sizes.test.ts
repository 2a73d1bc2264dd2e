// The size that an entry adds to a bundle is recorded in scripts/release/sizes.json, and grows only with a change of that file.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { measureSizes, recordedSizes } from '../../scripts/release/sizes.mjs';

/** The difference that another version of the compiler or of zlib may make. */
const TOLERANCE = 1.03;

const recorded = recordedSizes();
let measured: typeof recorded;
before(async () => {
  measured = await measureSizes();
});

for (const [name, { minified, gzip }] of Object.entries(recorded)) {
  for (const [unit, ceiling] of Object.entries({ minified, gzip }) as ['minified' | 'gzip', number][]) {
    test(`${name}: ${unit} is at most 3 % more than ${ceiling} bytes`, () => {
      const now = measured[name]?.[unit] ?? Number.NaN;
      assert.ok(now <= ceiling * TOLERANCE, `${now} bytes; if it is meant to grow, 'npm run sizes' records it`);
    });
  }
}

test('every measured size is recorded', () => {
  assert.deepEqual(Object.keys(measured), Object.keys(recorded));
});
