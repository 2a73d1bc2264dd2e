// Responses of the dev server that are sent before the body was read, on every runtime.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { platforms } from '../../scripts/serve/platforms.mjs';
import { assertEarlyAnswers } from '../support/early-answers.ts';

const settings = { ...demoSettings, RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0' };

for (const [name, platform] of Object.entries(platforms)) {
  const tries = name === 'workerd' ? 1000 : 200;
  test(`${name}: ${tries} clients that send 2 MiB to the dev server all receive the early response`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-early-'));
    const server = await platform.start({ port: 0, settings, folder });
    try {
      await assertEarlyAnswers(server.url, tries);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });
}
