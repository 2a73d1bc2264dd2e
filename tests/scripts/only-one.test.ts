// One dev server for each folder and platform, whichever starts first.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Problem } from '../../scripts/lib/problem.mjs';
import { onlyOne } from '../../scripts/serve/only-one.mjs';

const MODULE = new URL('../../scripts/serve/only-one.mjs', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-only-one-'));
after(() => rmSync(folder, { recursive: true }));

test('of servers that start at the same moment one starts, and the others are refused', async () => {
  const starts = await Promise.allSettled(Array.from({ length: 8 }, () => onlyOne(folder, 'workerd')));
  const reasons = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason] : []));
  assert.equal(reasons.length, 7);
  for (const reason of reasons) assert.ok(reason instanceof Problem, reason);
  await assert.rejects(onlyOne(folder, 'workerd'), { message: /^'npm start' is already running in this folder/ });
});

test('a server that was killed does not prevent the next one', async () => {
  const script = `const { onlyOne } = await import(${JSON.stringify(MODULE)});
await onlyOne(${JSON.stringify(folder)}, 'node');
console.log('starts');
setInterval(() => {}, 1000);`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(killed.stdout, 'data');
  await assert.rejects(onlyOne(folder, 'node'), Problem);
  const ended = once(killed, 'exit');
  killed.kill('SIGKILL');
  await ended;
  await onlyOne(folder, 'node');
  await onlyOne(folder, 'deno');
});
