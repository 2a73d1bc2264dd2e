/** The security headers of every response. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answer, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { sendRaw } from '../support/raw-http.ts';
import { event, webhooks } from '../support/webhooks.ts';

const ROOM = 'channel-abc123';
const SAFE = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const ID = /^[\w=-]{1,64}$/;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const webhook = webhooks(() => endpoint);

function assertSafe({ status, headers }: Answer, what: string): void {
  const found = Object.keys(SAFE).map((name) => [name, headers.get(name)]);
  assert.deepEqual(Object.fromEntries(found), SAFE, `${what}: ${status}`);
  assert.match(headers.get('x-request-id') ?? '', ID, what);
  for (const name of ['server', 'x-powered-by', 'set-cookie']) assert.equal(headers.get(name), null, what);
}

test('every response of every route has the headers, whatever its status', async () => {
  const answers: Record<string, Answer> = {
    'token 201': await endpoint.token({ roomId: ROOM }),
    'token 400': await endpoint.token('{'),
    'token 401': await endpoint.token({ roomId: ROOM }, { as: null }),
    'token 403': await endpoint.token({ roomId: ROOM }, { as: 'user-stranger' }),
    'token 500': await endpoint.token({ roomId: ROOM }, { settings: { LIVEKIT_API_KEY: '' } }),
    'token 503': await endpoint.token({ roomId: ROOM }, { settings: { DB: null } }),
    'token 405': await endpoint.get('/token'),
    'preflight 405': await endpoint.send('OPTIONS', '/token'),
    'preflight 204': await endpoint.send('OPTIONS', '/token', {
      settings: { CORS_ORIGINS: '*' },
      headers: { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' },
    }),
    'token 413': await sendRaw(endpoint.url, 'POST /api/livekit/token', ['Content-Length: 102401'], '{'),
    'health 200': await endpoint.get('/health'),
    'health HEAD': await endpoint.send('HEAD', '/health'),
    'connection-info 200': await endpoint.get('/connection-info'),
    'dm-token 403': await endpoint.post('/dm-token', { roomId: 'x' }),
    'token-source 201': await endpoint.post('/token-source', { room_name: ROOM }),
    'mute 403': await endpoint.post(`/channels/${ROOM}/mute-participant`, { participantIdentity: 'x', mute: true }),
    'kick 400': await endpoint.post(`/channels/${ROOM}/kick-participant`, {}),
    'remove 403': await endpoint.post(`/channels/${ROOM}/remove-participant`, { participantIdentity: 'x' }),
    'lock 201': await endpoint.post(`/channels/${ROOM}/lock`, { locked: false }, { as: 'user-mod' }),
    'end 403': await endpoint.post(`/channels/${ROOM}/end`, {}),
    'presence 200': await endpoint.get(`/channels/${ROOM}/voice-presence`),
    'webhook 200': await webhook(event('room_started', ROOM)),
    'webhook 401': await endpoint.post('/webhook', '{}'),
    'openapi 200': await endpoint.get('/openapi.json', { as: null }),
    'nowhere 404': await endpoint.get('/nowhere'),
    'the mount itself 404': await endpoint.get(''),
  };
  for (const [what, answer] of Object.entries(answers)) {
    const status = Number(what.match(/\d{3}$/)?.[0] ?? answer.status);
    assert.equal(answer.status, status, what);
    assertSafe(answer, what);
    assert.equal(answer.headers.get('cache-control'), 'no-store', what);
  }
});

test('responses outside of the mount have the headers too', async () => {
  for (const path of [
    '/',
    '/favicon.ico',
    '/api',
    '/api/livekittoken',
    '//api/livekit/token',
    '/%2e%2e/x',
    '/api/%ff',
  ]) {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PROPFIND']) {
      const answer = await sendRaw(endpoint.url, `${method} ${path}`, ['Content-Length: 0']);
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.equal(answer.text, '{"statusCode":404,"message":"Not Found"}');
      assertSafe(answer, `${method} ${path}`);
    }
  }
});
