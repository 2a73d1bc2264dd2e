// The server in front of the endpoint: what is the playground's, what is the endpoint's, and that nothing changes on the way.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { sendRequest } from '../support/http-client.ts';
import { userToken } from '../support/user-token.ts';
import { startPlayground } from './support/playground.ts';

let playground: Awaited<ReturnType<typeof startPlayground>>;
before(async () => {
  playground = await startPlayground({ LIVEKIT_URL: 'wss://livekit.example:443/path' });
});
after(() => playground?.stop());

test('the deployable Worker has neither page nor demo', async () => {
  for (const path of ['/', '/main.js', '/style.css', '/demo/choices', '/demo/livekit']) {
    assert.equal((await fetch(playground.worker + path)).status, 404, path);
    const response = await fetch(playground.url + path);
    assert.equal(response.status, 200, path);
    await response.body?.cancel();
  }
});

test('the page may run its own scripts and WebAssembly, and talk to LiveKit and us', async () => {
  const { headers } = await fetch(playground.url);
  const policy = headers.get('content-security-policy') ?? '';
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval(?<!'wasm-unsafe-eval)|\*/);
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
  assert.match(policy, /connect-src 'self' wss:\/\/livekit\.example https:\/\/livekit\.example;/);
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
});

test('a page at another name gets no user tokens', async () => {
  const status = await new Promise((resolve) => {
    const { port } = new URL(playground.url);
    const headers = { host: `evil.example:${port}` };
    request({ host: '127.0.0.1', port, path: '/demo/choices', headers }, (answer) =>
      resolve(answer.resume().statusCode),
    ).end();
  });
  assert.equal(status, 403);
  const { headers } = await fetch(`${playground.url}/demo/choices`);
  assert.equal(headers.get('access-control-allow-origin'), null);
});

const calls: [name: string, path: string, init: () => RequestInit][] = [
  ['a token', '/api/livekit/token', () => post({ roomId: 'channel-abc123' }, userToken('user-456'))],
  ['the other prefix', '/livekit/token', () => post({ roomId: 'channel-abc123' }, userToken('user-456'))],
  ['no user token', '/api/livekit/token', () => ({ method: 'POST', body: '{}' })],
  ['a wrong method', '/api/livekit/token', () => ({ method: 'PUT', body: 'x' })],
  ['a long body', '/api/livekit/token', () => post({ roomId: 'x'.repeat(100 * 1024) }, userToken('user-456'))],
  [
    'HEAD',
    '/api/livekit/health',
    () => ({ method: 'HEAD', headers: { Authorization: `Bearer ${userToken('user-456')}` } }),
  ],
  ['no route', '/nothing?a=1', () => ({})],
  ['POST to the page', '/', () => ({ method: 'POST', body: 'x' })],
  [
    'another site asks first',
    '/api/livekit/token',
    () => ({ method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' } }),
  ],
];
for (const [name, path, init] of calls) {
  test(`as the endpoint answers it: ${name}`, async () => {
    const ask = async (origin: string) => {
      const response = await sendRequest(origin + path, init());
      const own = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'x-request-id'];
      const headers = [...response.headers].filter(([header]) => !own.includes(header));
      return { status: response.status, headers, text: response.text.replace(/"(token|expiresAt)":"[^"]+"/g, '"$1"') };
    };
    assert.deepEqual(await ask(playground.url), await ask(playground.worker));
  });
}

function post(body: unknown, token: string): RequestInit {
  return {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
}
