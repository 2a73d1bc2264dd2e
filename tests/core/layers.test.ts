/** Only the files that connect the default policy import it, so that the other files work with any policy. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../pkg/src/', import.meta.url));
const POLICY = 'server/rbac/';
/**
 * The command `sync`, the endpoint with its default policy, and the public names. Joins are checked for kicks and locks with every policy:
 * by the comparison of presence, and by the webhook (which imports a type only).
 */
const WIRING = [
  'cli/sync.ts',
  'server/app.ts',
  'server/index.ts',
  'server/presence/reconcile-room.ts',
  'server/routes/webhook.ts',
];

/** The files of this package that a file imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const paths = [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]/g)].map(([, path = '']) => path);
  return paths.map((path) => relative(SOURCE, join(SOURCE, dirname(file), path)));
}

test('only these files import the default policy', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const isOfPolicy = (path: string) => path.startsWith(POLICY);
  const importers = files.filter((file) => !isOfPolicy(file) && importsOf(file).some(isOfPolicy));
  assert.deepEqual(importers.sort(), WIRING);
  assert.ok(files.some(isOfPolicy) && importsOf('server/rbac/policy.ts').includes('server/policy.js'));
});
