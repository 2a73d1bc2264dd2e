// The examples of README.md run as they stand there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { TokenVerifier } from 'livekit-server-sdk';
import { startWorker } from '../scripts/worker.mjs';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

// Inside the project, so that `livekit-edge` resolves as it does for a user.
const data = join(root, '.data');
mkdirSync(data, { recursive: true });
const folder = mkdtempSync(join(data, 'readme-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes the TypeScript block that follows `<!-- test: name -->` to a file. */
function example(name: string): string {
  const block = new RegExp(`<!-- test: ${name} -->\n\`\`\`ts\n([^]*?)\`\`\``).exec(readme)?.[1];
  assert.ok(block, `README has no example "${name}"`);
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, block);
  return file;
}

test('the plain example prints a token that LiveKit accepts', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [example('plain')]);
  const [token = '', expiresAt = ''] = stdout.split(/\s+/);
  const claims = await new TokenVerifier('devkey', 'secret').verify(token);
  assert.equal(claims.video?.room, 'channel-abc123');
  assert.equal(new Date(expiresAt).getTime() / 1000, claims.exp);
});

test('the Worker example serves on the Workers runtime', async () => {
  const worker = await startWorker({ entry: example('worker') });
  try {
    const response = await fetch(`${worker.url}/api/livekit/health`);
    assert.deepEqual([response.status, await response.text()], [401, '{"statusCode":401,"message":"Unauthorized"}']);
  } finally {
    await worker.stop();
  }
});
