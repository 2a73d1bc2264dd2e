// The dev server on every runtime: what is the playground's, what is the endpoint's, and that no request stops it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { demoData, demoSettings } from '../../scripts/demo-data.mjs';
import { startWorker } from '../../scripts/worker.mjs';
import { openStream } from '../support/event-stream.ts';
import { sendRequest } from '../support/http-client.ts';
import { chunked, sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';
import { moved, signatureOf } from '../support/webhooks.ts';
import { onEachRuntime } from './support/dev-servers.ts';

const settings = {
  ...demoSettings,
  LIVEKIT_URL: 'wss://livekit.example:443/path',
  // Where the endpoint itself calls LiveKit: no test asks for an address of another machine.
  LIVEKIT_INTERNAL_URL: 'http://127.0.0.1:1',
  RATE_LIMIT_PER_USER: '0',
  RATE_LIMIT_PER_ADDRESS: '0',
};
const FILES = ['/', '/main.js', '/style.css', '/icon.svg'];
const DEMO = ['/demo/choices', '/demo/livekit', '/demo/presence'];
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self' wss://livekit.example https://livekit.example; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** The deployable Worker, which the dev server must answer like. */
let endpoint: Awaited<ReturnType<typeof startWorker>>;
before(async () => {
  endpoint = await startWorker({ bindings: settings });
});
after(() => endpoint?.stop());

test('the deployable Worker has neither page nor demo', async () => {
  for (const path of [...FILES, ...DEMO]) {
    const { status, body } = await fetch(endpoint.url + path);
    await body?.cancel();
    assert.equal(status, 404, path);
  }
});

/** Sends a request line and headers as they are, and resolves with everything that is answered until the connection closes. */
async function sendLines(url: string, ...lines: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (part) => {
    text += part;
  });
  socket.write(Buffer.from(lines.join('\r\n'), 'latin1'));
  await once(socket, 'close');
  return text;
}

const asUser = (init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { Authorization: `Bearer ${userToken('user-456')}`, 'Content-Type': 'application/json', ...init.headers },
});
const post = (body: string): RequestInit => ({ method: 'POST', body });
const PREFLIGHT = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' };

/** Requests that the endpoint answers, with the status. */
const CALLS: [status: number, path: string, init: RequestInit][] = [
  [201, '/api/livekit/token', asUser(post('{"roomId":"channel-abc123"}'))],
  [201, '/livekit/token', asUser(post('{"roomId":"channel-abc123"}'))],
  [401, '/api/livekit/token', post('{}')],
  [405, '/api/livekit/token', { method: 'PUT', body: 'x' }],
  [413, '/api/livekit/token', asUser(post(`{"roomId":"${'x'.repeat(100 * 1024)}"}`))],
  [200, '/api/livekit/health', asUser({ method: 'HEAD' })],
  [405, '/api/livekit/token', { method: 'OPTIONS', headers: PREFLIGHT }],
  [404, '/nothing?a=1', {}],
  [404, '/', post('x')],
  [404, '/demo/choices', post('x')],
];

onEachRuntime(settings, (url) => {
  test('the page may run its own scripts and WebAssembly, and connect to LiveKit and its own origin', async () => {
    for (const path of FILES) {
      const response = await fetch(url() + path);
      assert.equal(response.status, 200, path);
      assert.ok((await response.text()).length > 100, path);
      const headers = Object.keys(SECURITY_HEADERS).map((header) => [header, response.headers.get(header)]);
      assert.deepEqual(Object.fromEntries(headers), SECURITY_HEADERS, path);
      assert.equal(response.headers.get('access-control-allow-origin'), null);
    }
  });

  test('only loopback names may read what has user tokens', async () => {
    const { port } = new URL(url());
    const get = (path: string, host: string, ...headers: string[]) =>
      sendLines(url(), `GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers, 'Connection: close', '', '');
    for (const path of DEMO) {
      for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '[::2]']) {
        const text = await get(path, `${host}:${port}`, `Authorization: Bearer ${userToken('user-456')}`);
        assert.match(text, /^HTTP\/1\.1 403 /, `${host} ${path}`);
        assert.doesNotMatch(text, /eyJ|channel-/);
      }
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'localhost']) {
      assert.match(await get('/demo/choices', host), /^HTTP\/1\.1 200 .*"token":"eyJ/s, host);
    }
  });

  test('every other request is answered as by the endpoint', async () => {
    for (const [status, path, init] of CALLS) {
      const ask = async (origin: string) => {
        const response = await sendRequest(origin + path, init);
        const text = response.text.replace(/"(token|expiresAt)":"[^"]+"/g, '"$1"');
        const names = ['allow', 'cache-control', 'content-type', 'www-authenticate', 'vary'];
        return { status: response.status, text, headers: names.map((name) => response.headers.get(name)) };
      };
      const expected = await ask(endpoint.url);
      assert.equal(expected.status, status, `${init.method} ${path}`);
      assert.deepEqual(await ask(url()), expected, `${init.method} ${path}`);
    }
  });

  test('no request stops it', async () => {
    const close = ['Connection: close', '', ''];
    for (const [line, ...headers] of [
      ['GET /api/livekit/livez', 'Host: a', 'Trailer: x'],
      ['GET /', 'Host: a', 'TE: trailers', 'Upgrade: h2c', 'Keep-Alive: x'],
      ['OPTIONS *', 'Host: a'],
      ['GET *', 'Host: a'],
      ['CONNECT a:1', 'Host: a'],
      ['GET http://[/', 'Host: a'],
      ['GET /x'],
      ...['', 'a b', 'a:b:c', '[', '::1', 'http://x', '%', 'a@b', 'a:99999', '\u00e9'].map((host) => [
        'GET /x',
        `Host: ${host}`,
      ]),
    ]) {
      await sendLines(url(), `${line} HTTP/1.1`, ...headers, ...close);
      const { status } = await fetch(`${url()}/api/livekit/livez`);
      assert.equal(status, 200, `after ${line} ${headers}`);
    }
    const { text } = await sendRaw(
      url(),
      'POST /api/livekit/token',
      ['Trailer: x', 'Transfer-Encoding: chunked'],
      chunked('{}'),
    );
    assert.equal(text, '{"statusCode":401,"message":"Unauthorized"}');
  });

  test('one stream has the presence of every channel that the user may watch, as it changes', async () => {
    const stream = await openStream(`${url()}/demo/presence`, {
      Authorization: `Bearer ${userToken('user-456')}`,
    });
    stream.read();
    const first: Record<string, string> = {};
    for (const _ of demoData.channels) {
      const { data } = await stream.next();
      first[data.channelId] = data.event === 'end' ? data.data.statusCode : data.event;
    }
    const expected = demoData.channels.map(({ id }) => [id, id === 'channel-private-1' ? 403 : 'snapshot']);
    assert.deepEqual(first, Object.fromEntries(expected));
    for (const [change, channel] of [
      ['joined', 'channel-abc123'],
      ['joined', 'channel-text-1'],
      ['left', 'channel-abc123'],
    ] as const) {
      const body = moved(change, channel, 'guest');
      const headers = { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) };
      assert.equal((await fetch(`${url()}/api/livekit/webhook`, { method: 'POST', headers, body })).status, 200);
      const { event, data } = await stream.next();
      assert.deepEqual([event, data.channelId, data.event, data.data.identity], ['presence', channel, change, 'guest']);
    }
    await stream.close();
  });
});
