/** The stores that need Node's modules keep them out of the types that users of the others compile with. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist } from '../../scripts/lib/paths.mjs';

/** Inside of a store, and no entry's declarations refer to it. */
const INSIDE = 'sqlite-migrations';

test("no declaration but an inner one refers to Node's types, and none to the driver's", () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
  assert.ok(files.length > 10);
  for (const file of files) {
    const text = readFileSync(join(dist, file), 'utf8');
    assert.doesNotMatch(text, /from ['"]postgres['"]/, file);
    if (file.includes(INSIDE)) continue;
    assert.doesNotMatch(text, /node:|NodeJS|reference types|\bBuffer\b/, file);
    assert.ok(!text.includes(INSIDE), file);
  }
});
