// Responses of the dev server that are sent before the body was read, on every runtime.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { platforms } from '../../scripts/serve/platforms.mjs';
import { assertEarlyAnswers } from '../support/early-answers.ts';
import { sendEndlessly } from '../support/endless-body.ts';

const settings = { ...demoSettings, RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0' };

for (const [name, platform] of Object.entries(platforms)) {
  describe(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-early-'));
    let server: Awaited<ReturnType<typeof platform.start>>;
    before(async () => {
      server = await platform.start({ port: 0, settings, folder });
    });
    after(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true });
    });

    const tries = name === 'workerd' ? 1000 : 200;
    test(`${tries} clients that send 2 MiB all receive the early response`, () =>
      assertEarlyAnswers(server.url, tries));

    const skip = name === 'deno' && 'Deno.serve closes no connection before its body has ended (docs/deploy.md)';
    test('a client with an endless body receives the response, and its connection is closed', { skip }, async () => {
      for (const isChunked of [true, false]) {
        const send = (path: string) => sendEndlessly(server.url, path, isChunked);
        assert.deepEqual(await Promise.all(['/token', '/webhook'].map(send)), [
          'HTTP/1.1 413 Payload Too Large',
          'HTTP/1.1 401 Unauthorized',
        ]);
      }
    });
  });
}
