/** On Workers, work that goes on after an early response ends: otherwise the runtime would hold the invocation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livekit } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';

// What a Worker has.
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' } });
Object.assign(globalThis, { FixedLengthStream: new Proxy(TransformStream, { construct: (Stream) => new Stream() }) });
const app = livekit({ authorize: () => null });

/** A body that an application made of another: a stream that has no reader for bytes. */
const rebuilt = () => new Blob(['a'.repeat(100_000)]).stream().pipeThrough(new TransformStream());

for (const [method, body] of [
  ['POST', 'a'.repeat(100_000)],
  ['PUT', rebuilt()],
  ['HEAD', 'a'.repeat(100_000)],
] as const) {
  test(`after a ${method} whose body nothing reads, it is discarded, and all work ends`, async () => {
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const request = new Request('https://edge.example/nothing', init);
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
    assert.equal(request.bodyUsed, method !== 'HEAD');
  });
}
