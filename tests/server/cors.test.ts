/** CORS_ORIGINS: pages of the listed origins may send requests and read every response; other pages may not. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertError,
  assertToken,
  badRequest,
  FORBIDDEN,
  NOT_ALLOWED,
  NOT_CONFIGURED,
  NOT_FOUND,
  NOT_JSON,
  TOO_LARGE,
  UNAUTHORIZED,
  UNAVAILABLE,
  UNSUPPORTED,
} from '../support/answers.ts';
import { type Answer, type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { logReader } from '../support/log-reader.ts';
import { sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const APP = 'https://app.example.com';
const LOCAL = 'http://localhost:5173';
const TWO = { CORS_ORIGINS: `${APP}, ${LOCAL}` };
const ANY = { CORS_ORIGINS: '*' };
const FIXED = 'Authorization,Content-Type,X-Request-Id';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const { told } = logReader(() => endpoint);

const from = (Origin: string, settings: object, asking: Asking = {}): Asking => ({
  ...asking,
  settings: { ...settings, ...asking.settings },
  headers: { Origin, ...asking.headers },
});
const preflight = (path: string, Origin: string, settings: object, method = 'POST', headers = {}) =>
  endpoint.send('OPTIONS', path, {
    as: null,
    settings: { ...settings },
    headers: { Origin, 'Access-Control-Request-Method': method, ...headers },
  });

/** The CORS headers of a response, by their short names. */
function corsOf({ headers }: Answer): Record<string, string> {
  const all = [...headers].filter(([name]) => name.startsWith('access-control-'));
  return Object.fromEntries(all.map(([name, value]) => [name.slice('access-control-'.length), value]));
}
const vary = ({ headers }: Answer): string[] => (headers.get('vary') ?? '').toLowerCase().split(/\s*,\s*/);
const READABLE = { 'allow-origin': APP, 'allow-credentials': 'true', 'expose-headers': 'Retry-After,X-Request-Id' };

test('without CORS_ORIGINS no response has a CORS header, and a preflight is 405', async () => {
  for (const settings of [{}, { CORS_ORIGINS: '' }, { CORS_ORIGINS: null }, { CORS_ORIGINS: ' , ' }]) {
    const refused = await preflight('/token', APP, settings);
    assertError(refused, NOT_ALLOWED);
    const good = await endpoint.token({ roomId: ROOM }, from(APP, settings));
    assertToken(good);
    for (const answer of [refused, good]) {
      assert.deepEqual(corsOf(answer), {});
      assert.equal(answer.headers.get('vary'), null);
    }
  }
});

test('a page of a listed origin may read responses, with cookies; the origin must match exactly', async () => {
  for (const origin of [APP, LOCAL]) {
    const answer = await endpoint.token({ roomId: ROOM }, from(origin, TWO));
    assertToken(answer);
    assert.deepEqual(corsOf(answer), { ...READABLE, 'allow-origin': origin });
    assert.ok(vary(answer).includes('origin'));
  }
  for (const origin of [
    'null',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://app.example.comx',
    'https://app.example.co',
    'https://sub.app.example.com',
    'http://app.example.com',
    'https://app.example.com:444',
    'https://app.example.com:443',
    'https://app.example.com/',
    'https://APP.example.com',
    'HTTPS://app.example.com',
    'https://app.example.com.',
    'http://localhost',
    'http://localhost:51730',
    `${APP}, ${LOCAL}`,
    `${APP} ${LOCAL}`,
    '*',
    'undefined',
    'app.example.com',
  ]) {
    const answer = await endpoint.token({ roomId: ROOM }, from(origin, TWO));
    assertToken(answer, origin);
    assert.deepEqual(corsOf(answer), {}, origin);
    assert.ok(vary(answer).includes('origin'), origin);
    const refused = await preflight('/token', origin, TWO);
    assertError(refused, NOT_ALLOWED, origin);
    assert.deepEqual(corsOf(refused), {}, origin);
  }
  const none = await endpoint.token({ roomId: ROOM }, { settings: TWO });
  assert.deepEqual(corsOf(none), {});
  assert.ok(vary(none).includes('origin'), 'a cache may reuse this response for pages');
});

test('with * every page may read responses, but never with cookies', async () => {
  for (const origin of [APP, 'null', 'http://x']) {
    const answer = await endpoint.token({ roomId: ROOM }, from(origin, ANY));
    assertToken(answer);
    assert.deepEqual(corsOf(answer), { 'allow-origin': '*', 'expose-headers': 'Retry-After,X-Request-Id' });
    assert.equal(answer.headers.get('vary'), null);
    assert.equal((await preflight('/token', origin, ANY)).headers.get('access-control-allow-credentials'), null);
  }
});

test('a preflight of each route is 204 with the methods of the route, before authentication', async () => {
  for (const [path, method, methods] of [
    ['/token', 'POST', 'POST'],
    ['/dm-token', 'POST', 'POST'],
    ['/token-source', 'POST', 'POST'],
    ['/webhook', 'POST', 'POST'],
    ['/channels/any/mute-participant', 'POST', 'POST'],
    ['/channels/any/kick-participant', 'POST', 'POST,DELETE'],
    ['/channels/any/kick-participant', 'DELETE', 'POST,DELETE'],
    ['/channels/any/remove-participant', 'POST', 'POST'],
    ['/channels/any/lock', 'POST', 'POST'],
    ['/channels/any/end', 'POST', 'POST'],
    ['/channels/any/voice-presence', 'GET', 'GET,HEAD'],
    ['/channels/any/voice-presence/events', 'GET', 'GET,HEAD'],
    ['/health', 'GET', 'GET,HEAD'],
    ['/connection-info', 'GET', 'GET,HEAD'],
    ['/openapi.json', 'GET', 'GET,HEAD'],
  ] as const) {
    for (const base of ['/api/livekit', '/livekit']) {
      for (const [settings, origin] of [
        [TWO, { 'allow-origin': APP, 'allow-credentials': 'true' }],
        [ANY, { 'allow-origin': '*' }],
      ] as const) {
        const answer = await endpoint.send('OPTIONS', path, {
          as: null,
          base,
          settings,
          headers: { Origin: APP, 'Access-Control-Request-Method': method },
        });
        assert.deepEqual([answer.status, answer.text], [204, ''], path);
        assert.deepEqual(corsOf(answer), {
          ...origin,
          'allow-methods': methods,
          'allow-headers': FIXED,
          'expose-headers': 'Retry-After,X-Request-Id',
          'max-age': '600',
        });
        assert.equal(vary(answer).includes('origin'), settings === TWO);
      }
    }
  }
});

test('a wildcard origin matches one label, with the same scheme and port', async () => {
  const settings = { CORS_ORIGINS: 'https://*.example.com, http://*.localhost:5173, https://exact.example' };
  for (const origin of [
    'https://a.example.com',
    'https://preview-12_x.example.com',
    `https://${'x'.repeat(63)}.example.com`,
    'https://xn--mnchen-3ya.example.com',
    'http://app.localhost:5173',
    'https://exact.example',
  ]) {
    const answer = await endpoint.token({ roomId: ROOM }, from(origin, settings));
    assertToken(answer, origin);
    assert.deepEqual(corsOf(answer), { ...READABLE, 'allow-origin': origin });
    assert.ok(vary(answer).includes('origin'));
    assert.equal(corsOf(await preflight('/token', origin, settings))['allow-origin'], origin);
  }
  for (const origin of [
    'https://example.com',
    'https://.example.com',
    'https://*.example.com',
    'https://*',
    '*',
    'null',
    'https://a.b.example.com',
    'https://a..example.com',
    `https://${'x'.repeat(64)}.example.com`,
    'https://evil.example.com.attacker.net',
    'https://attacker.net/.example.com',
    'https://attacker.net#.example.com',
    'https://attacker.net?.example.com',
    'https://attacker.net:443.example.com',
    'https://attacker.net\\.example.com',
    'https://user@a.example.com',
    'https://evil-example.com',
    'https://evilexample.com',
    'https://a.example.com.',
    'https://a.example.com:8443',
    'https://a.example.com:443',
    'https://a.example.com/',
    'http://a.example.com',
    'https://A.example.com',
    'https://a.Example.com',
    'HTTPS://a.example.com',
    'https://a%2eb.example.com',
    'https://a.example.com https://exact.example',
    'https://a.example.com, https://exact.example',
    'https://a.exact.example',
    'http://localhost:5173',
    'http://app.localhost',
    'http://app.localhost:5174',
    'https://app.localhost:5173',
    'https://xn--mnchen-3ya.attacker.net',
  ]) {
    const answer = await endpoint.token({ roomId: ROOM }, from(origin, settings));
    assertToken(answer, origin);
    assert.deepEqual(corsOf(answer), {}, origin);
    assert.ok(vary(answer).includes('origin'), origin);
    assertError(await preflight('/token', origin, settings), NOT_ALLOWED, origin);
  }
});

test('an allowed origin may send the headers that its preflight requests', async () => {
  const longest = `x-${'a'.repeat(1022)}`;
  for (const [asked, allowed] of [
    ['apikey,authorization,content-type,x-client-info', 'apikey,authorization,content-type,x-client-info'],
    ['x-one,\tx-two , X-Three', 'x-one,x-two,X-Three'],
    ["x-!#$%&'+.^_`|~9", "x-!#$%&'+.^_`|~9"],
    ['x*', 'x*'],
    [longest, longest],
    ...[
      `${longest}a`,
      '',
      ',',
      'x,,y',
      'x,',
      'x y',
      'x:y',
      'x;y',
      '"x"',
      '(x)',
      'x/y',
      'x@y',
      '*',
      'x,*',
      'x\u00e9',
    ].map((asked) => [asked, FIXED] as const),
  ] as const) {
    for (const settings of [TWO, ANY]) {
      const answer = await preflight('/token', APP, settings, 'POST', { 'Access-Control-Request-Headers': asked });
      assert.deepEqual([answer.status, corsOf(answer)['allow-headers']], [204, allowed], asked.slice(0, 40));
      assert.ok(vary(answer).includes('access-control-request-headers'));
    }
  }
  for (const origin of ['https://evil.example', 'null', '']) {
    const asking = { 'Access-Control-Request-Headers': 'authorization' };
    assert.deepEqual(corsOf(await preflight('/token', origin, TWO, 'POST', asking)), {});
  }
});

test('a preflight allows only methods of the route, whatever it requests', async () => {
  const greedy = {
    'Access-Control-Request-Headers': 'X-Evil, Cookie',
    'Access-Control-Request-Private-Network': 'true',
  };
  for (const method of ['DELETE', 'PUT', 'x', 'POST\tGET', '*']) {
    const answer = await preflight('/token', APP, TWO, method, greedy);
    assert.equal(answer.status, 204);
    const { 'allow-methods': methods, 'allow-headers': headers, ...others } = corsOf(answer);
    assert.deepEqual([methods, headers], ['POST', 'X-Evil,Cookie']);
    assert.equal('allow-private-network' in others, false);
  }
  for (const path of ['/nowhere', '/token/x', '']) {
    assertError(await preflight(path, APP, TWO), NOT_FOUND, path);
  }
  // Without the requested method it is not a preflight.
  const plain = await endpoint.send('OPTIONS', '/token', from(APP, TWO));
  assertError(plain, NOT_ALLOWED);
});

test('the page can read error responses', async () => {
  const withCookie = { Cookie: `access_token=${userToken('user-456')}`, 'Content-Type': 'text/plain' };
  const large = () =>
    sendRaw(
      endpoint.url,
      'POST /api/livekit/token',
      [`Origin: ${APP}`, `x-test-settings: ${encodeURIComponent(JSON.stringify(TWO))}`, 'Content-Length: 102401'],
      '{',
    );
  const body = { roomId: ROOM };
  for (const [error, send] of [
    [UNAUTHORIZED, () => endpoint.token(body, from(APP, TWO, { as: null }))],
    [FORBIDDEN, () => endpoint.token(body, from(APP, TWO, { as: 'user-stranger' }))],
    [NOT_JSON, () => endpoint.token('{', from(APP, TWO))],
    [badRequest(['ttl must not be less than 1']), () => endpoint.token({ ...body, ttl: 0 }, from(APP, TWO))],
    [UNSUPPORTED, () => endpoint.token(body, from(APP, TWO, { as: null, headers: withCookie }))],
    [NOT_FOUND, () => endpoint.get('/nowhere', from(APP, TWO))],
    [NOT_ALLOWED, () => endpoint.get('/token', from(APP, TWO))],
    [TOO_LARGE, large],
    [NOT_CONFIGURED, () => endpoint.token(body, from(APP, TWO, { settings: { LIVEKIT_API_KEY: '' } }))],
    [UNAVAILABLE, () => endpoint.token(body, from(APP, TWO, { settings: { DB: null } }))],
  ] as const) {
    const answer = await send();
    assertError(answer, error);
    assert.deepEqual(corsOf(answer), READABLE, error);
    assert.ok(vary(answer).includes('origin'), error);
  }
});

test('a page that may read responses still cannot act with a cookie and a form', async () => {
  const Cookie = `access_token=${userToken('user-456')}`;
  for (const [type, isLetIn] of [
    ['application/json', true],
    ['text/plain', false],
    ['application/x-www-form-urlencoded', false],
  ] as const) {
    for (const origin of [APP, 'https://evil.example']) {
      const asking = from(origin, TWO, { as: null, headers: { Cookie, 'Content-Type': type } });
      const answer = await endpoint.token({ roomId: ROOM }, asking);
      if (isLetIn) assertToken(answer);
      else assertError(answer, UNSUPPORTED);
    }
  }
});

test('invalid entries are logged once, with the name of the setting and not their value', async () => {
  for (const [value, isAllowed] of [
    [`${APP}/, SECRET-entry, ${APP}`, true],
    ['https://app.example.com/', false],
    ['*.example.com', false],
    [`*, ${LOCAL}`, false],
    ['null', false],
  ] as const) {
    const settings = { LIVEKIT_API_SECRET: 'a-LiveKit-secret-of-over-32-bytes', CORS_ORIGINS: value };
    const lines = await told(settings, async () => {
      for (const _ of [1, 2, 3]) {
        const answer = await endpoint.get('/connection-info', from(APP, settings));
        assert.equal(corsOf(answer)['allow-origin'], isAllowed ? APP : undefined, value);
      }
      const nobody = await endpoint.get('/connection-info', from('null', settings));
      assert.deepEqual(corsOf(nobody), {});
    });
    assert.deepEqual(lines, [
      'warn: CORS_ORIGINS has an entry that is not an origin as a browser sends it, such as https://app.example.com (lower case, no slash at the end, no default port): it is ignored',
    ]);
  }
});
