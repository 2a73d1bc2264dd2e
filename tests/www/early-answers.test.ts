// Responses of the dev server that are sent before the body was read, on every runtime.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { assertEarlyAnswers } from '../support/early-answers.ts';
import { sendEndlessly } from '../support/endless-body.ts';
import { onEachRuntime } from './support/dev-servers.ts';

const settings = { ...demoSettings, RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0' };

onEachRuntime(settings, (url, runtime) => {
  const tries = runtime === 'workerd' ? 1000 : 200;
  test(`${tries} clients that send 2 MiB all receive the early response`, () => assertEarlyAnswers(url(), tries));

  const skip = runtime === 'deno' && 'Deno.serve closes no connection before its body has ended (docs/deploy.md)';
  test('a client with an endless body receives the response, and its connection is closed', { skip }, async () => {
    for (const isChunked of [true, false]) {
      const send = (path: string) => sendEndlessly(url(), path, isChunked);
      assert.deepEqual(await Promise.all(['/token', '/webhook'].map(send)), [
        'HTTP/1.1 413 Payload Too Large',
        'HTTP/1.1 401 Unauthorized',
      ]);
    }
  });
});
