/** Requests at the level of HTTP: size, content type and encoding, methods, paths. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  assertError,
  assertToken,
  INCOMPLETE,
  LATE,
  NOT_ALLOWED,
  NOT_FOUND,
  NOT_JSON,
  TOO_LARGE,
  UNAUTHORIZED,
  UNSUPPORTED,
} from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { platform } from '../support/platform.ts';
import { chunked, sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';
import { signatureOf } from '../support/webhooks.ts';

const GOOD = '{"roomId":"channel-abc123"}';
/** Responses of Node itself, before the endpoint sees the request. */
const BAD_REQUEST = '{"statusCode":400,"message":"Bad Request"}';
const KIB = 1024;
const OF_MODERATORS = ['mute-participant', 'kick-participant', 'remove-participant', 'lock', 'end'];
const POSTS = [
  '/token',
  '/dm-token',
  '/token-source',
  ...OF_MODERATORS.map((name) => `/channels/channel-abc123/${name}`),
  '/webhook',
];
const GETS = ['/health', '/connection-info', '/channels/channel-abc123/voice-presence'];
const STREAM = '/channels/channel-abc123/voice-presence/events';
const onNode = platform.startsWith('node-');

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());
afterEach(async () => {
  assertToken(await endpoint.token(GOOD), 'a good request after the bad ones');
});

const authorization = () => `Authorization: Bearer ${userToken('user-456')}`;
const raw = (start: string, body: string | Uint8Array = '', headers: string[] = []) =>
  sendRaw(endpoint.url, start, [authorization(), `Content-Length: ${Buffer.byteLength(body)}`, ...headers], body);

test('/livez is ok without authentication, database or settings, and returns nothing else', async () => {
  for (const [method, status, text] of [
    ['GET', 200, 'ok'],
    ['HEAD', 200, ''],
    ['POST', 405, NOT_ALLOWED],
  ] as const) {
    for (const base of ['/api/livekit', '/livekit']) {
      const answer = await endpoint.send(method, '/livez', { as: null, base });
      assert.deepEqual([answer.status, answer.text], [status, text], `${method} ${base}`);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    }
  }
});

test('a body above 100 KiB is 413 before it is read, however it is sent', async () => {
  const post = (headers: string[], body: string) => sendRaw(endpoint.url, 'POST /api/livekit/token', headers, body);
  const limit = 100 * KIB;
  assertToken(await endpoint.token(GOOD.padEnd(limit)));
  assertToken(await post([authorization(), 'Transfer-Encoding: chunked'], chunked(GOOD)));
  for (const as of ['user-456', null]) assertError(await endpoint.token(GOOD.padEnd(limit + 1), { as }), TOO_LARGE);
  assertError(await endpoint.token('['.repeat(limit + 1)), TOO_LARGE);
  // Only a part of the two megabytes is sent: a client that is still sending may never see the response.
  for (const headers of [[authorization()], []]) {
    assertError(await post([...headers, `Content-Length: ${2 * KIB * KIB}`], '{'), TOO_LARGE);
    const unfinished = chunked(GOOD.padEnd(2 * KIB * KIB)).slice(0, limit + KIB);
    assertError(await post([...headers, 'Transfer-Encoding: chunked'], unfinished), TOO_LARGE);
  }
});

test('an incomplete body is 400, and its content is ignored', async () => {
  for (const [header, body] of [
    ['Content-Length: 500', '{"roomId":"channel'],
    ['Content-Length: 500', GOOD],
    ['Content-Length: 28', GOOD],
    ['Transfer-Encoding: chunked', `40\r\n${GOOD}`],
    ['Transfer-Encoding: chunked', chunked(GOOD).slice(0, -5)],
  ] as const) {
    const headers = [authorization(), header];
    const answer = await sendRaw(endpoint.url, 'POST /api/livekit/token', headers, body, { breakOff: true });
    assertError(answer, INCOMPLETE, `${header} ${body}`);
  }
});

test('a body that is incomplete after ten seconds is 408, also one that arrives byte by byte', async () => {
  const late = async (path: string, header: string, body: string, slowly: boolean) => {
    const since = Date.now();
    const sender = path === '/webhook' ? `Authorization: ${await signatureOf('')}` : authorization();
    const answer = await sendRaw(endpoint.url, `POST /api/livekit${path}`, [sender, header], body, { slowly });
    assertError(answer, LATE, `${path} ${header}`);
    const seconds = (Date.now() - since) / 1000;
    assert.ok(seconds > 9 && seconds < 13, `${seconds} s`);
  };
  await Promise.all(
    POSTS.flatMap((path) => [
      late(path, 'Content-Length: 500', '', false),
      late(path, 'Content-Length: 500', '{', true),
      late(path, 'Transfer-Encoding: chunked', '', false),
      late(path, 'Transfer-Encoding: chunked', `200\r\n${GOOD}`, true),
    ]),
  );
});

test('the body is parsed as JSON whatever its content type, and never decompressed', async () => {
  for (const type of [
    'application/json',
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'x',
    'text/html; a=b',
  ]) {
    assertToken(await endpoint.token(GOOD, { headers: { 'Content-Type': type } }), type);
  }
  for (const headers of [{ 'Content-Type': 'application/json; charset=utf-16' }, { Accept: 'text/html' }]) {
    assertToken(await endpoint.token(GOOD, { headers }));
  }
  assertError(await raw('POST /api/livekit/token', gzipSync(GOOD), ['Content-Encoding: gzip']), NOT_JSON);
  assertError(
    await raw('POST /api/livekit/token', gzipSync(GOOD.padEnd(10_000_000)), ['Content-Encoding: gzip']),
    NOT_JSON,
  );
});

test('the order of checks is the same on every route: path and method, size, JSON, type, token', async () => {
  for (const path of POSTS.filter((path) => path !== '/webhook')) {
    const Cookie = `access_token=${userToken('user-456')}`;
    const large = GOOD.padEnd(100 * KIB + 1);
    const form = { as: null, headers: { Cookie, 'Content-Type': 'text/plain' } };
    assertError(await endpoint.post(`${path}/`, large, form), NOT_FOUND, path);
    assertError(await endpoint.post(path, large, form), TOO_LARGE, path);
    assertError(await endpoint.post(path, '{', form), NOT_JSON, path);
    assertError(await endpoint.post(path, '{}', form), UNSUPPORTED, path);
    assertError(await endpoint.post(path, '{}', { as: null }), UNAUTHORIZED, path);
    assertError(await raw(`PUT /api/livekit${path}`, large), NOT_ALLOWED, path);
    const answer = await endpoint.post(path, '{}');
    // To end a room needs no field.
    assert.equal(answer.status, path.endsWith('/end') ? 403 : 400, `${path}: ${answer.text}`);
  }
});

test('the channel in a path is one segment, and not empty', async () => {
  for (const [method, last] of [
    ...OF_MODERATORS.map((name) => ['POST', name]),
    ['GET', 'voice-presence'],
    ['GET', 'voice-presence/events'],
  ]) {
    for (const middle of ['', 'a/b/', '/', 'a/b/c/']) {
      assertError(await raw(`${method} /api/livekit/channels/${middle}${last}`), NOT_FOUND, `${middle}${last}`);
    }
    assertError(await raw(`${method} /api/livekit/channels/x/${last}/`), NOT_FOUND);
    assertError(await raw(`${method} /api/livekit/channel/x/${last}`), NOT_FOUND);
  }
});

test('every method on every route', async () => {
  const allowed: Record<string, string> = {
    ...Object.fromEntries(POSTS.map((path) => [path, path.endsWith('/kick-participant') ? 'POST, DELETE' : 'POST'])),
    ...Object.fromEntries([...GETS, STREAM].map((path) => [path, 'GET, HEAD'])),
  };
  for (const [path, allow] of [...Object.entries(allowed), ['/nowhere', ''] as const]) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
      if (allow.split(', ').includes(method)) continue;
      const answer = await raw(`${method} /api/livekit${path}`);
      const expected = allow === '' ? NOT_FOUND : NOT_ALLOWED;
      if (method === 'HEAD') assert.equal(answer.text, '');
      assertError(method === 'HEAD' ? { ...answer, text: expected } : answer, expected, `${method} ${path}`);
      assert.equal(answer.headers.get('allow') ?? '', allow);
    }
  }
  for (const path of GETS) {
    const asking: Asking[] = [{}, { as: null }];
    const [known, unknown] = await Promise.all(asking.map((asking) => endpoint.send('HEAD', path, asking)));
    assert.deepEqual([known?.status, known?.text, unknown?.status, unknown?.text], [200, '', 401, '']);
  }
});

test('another spelling of a path is 404, or goes through the same checks', async () => {
  for (const path of ['/token/', '//token', '/TOKEN', '/token%2f', '/token%00', '/token;x=1', '/tok%zzen', '/tokené']) {
    // Node's parser itself refuses characters that HTTP does not allow.
    const expected = onNode && path === '/tokené' ? BAD_REQUEST : NOT_FOUND;
    assertError(await raw(`POST /api/livekit${path}`, GOOD), expected, path);
  }
  for (const path of ['//api/livekit/token', '/API/LIVEKIT/TOKEN', '/api/livekit%2ftoken', '/', '/api/livekittoken']) {
    const answer = await raw(`POST ${path}`, GOOD);
    assert.deepEqual([answer.status, answer.text], [404, NOT_FOUND], path);
  }
  const headers = [`Content-Length: ${GOOD.length}`];
  for (const path of [
    '/%74oken',
    '/x/../token',
    '/%2e/token',
    '/x/%2e%2e/token',
    '/token?%',
    '/token#x',
    '/health/../token',
  ]) {
    // Deno does not resolve a path with dots; every client resolves it before it sends the request.
    if (platform === 'deno-sqlite' && /\/(\.|%2e)/.test(path)) {
      assertError(await raw(`POST /api/livekit${path}`, GOOD), NOT_FOUND, path);
      continue;
    }
    assertError(await sendRaw(endpoint.url, `POST /api/livekit${path}`, headers, GOOD), UNAUTHORIZED, path);
    assertToken(await raw(`POST /api/livekit${path}`, GOOD), path);
  }
});
