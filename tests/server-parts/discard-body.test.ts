/** On Workers, work that goes on after an early response ends: otherwise the runtime would hold the invocation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livekit } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';

Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' } });
const app = livekit({ authorize: () => null });

for (const method of ['POST', 'PUT', 'HEAD']) {
  test(`after a ${method} whose body nothing reads, all work ends`, async () => {
    const request = new Request('https://edge.example/nothing', { method: 'POST', body: 'a'.repeat(100_000) });
    // A Request of Node has no body if its method is HEAD; one of Workers has.
    Object.defineProperty(request, 'method', { value: method });
    const work: Promise<unknown>[] = [];
    const context = {
      waitUntil: (promise: Promise<unknown>) => work.push(promise),
      passThroughOnException() {},
      props: {},
    };
    const response = await app.fetch(request, demoSettings, context);
    assert.equal(response.status, 404);
    if (method === 'HEAD') assert.equal(response.body, null);
    else assert.equal((await response.json()).statusCode, 404);
    assert.equal(work.length, method === 'HEAD' ? 0 : 1);
    await Promise.all(work);
  });
}
