/** The endpoint works at every path where an application mounts it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { LivekitException } from 'livekit-edge';
import { livekit, type Store } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { userToken } from '../support/user-token.ts';

const env = {
  ...demoSettings,
  LIVEKIT_API_SECRET: 'x'.repeat(32),
  CORS_ORIGINS: 'https://good.example',
  LOG_LEVEL: 'debug',
};
const store: Store = { facts: () => Promise.reject(new Error('nobody asks')) };
let counted = 0;
const address = {
  async limit() {
    counted += 1;
    return { success: true };
  },
};
const api = () => livekit({ store, settings: () => env, rateLimit: { address }, clientAddress: () => '192.0.2.1' });

const APPS: Record<string, Hono> = {
  '': new Hono().route('/', api()),
  '/voice': new Hono().use('*', (_, next) => next()).route('/voice', api()),
  '/a/b': new Hono().route('/a', new Hono().route('/b', api())),
  '/a/:b/token/x': new Hono().all('*', (_, next) => next()).route('/a/:b/token/x', api()),
};

const preflight = {
  method: 'OPTIONS',
  headers: { Origin: 'https://good.example', 'Access-Control-Request-Method': 'X' },
};

/** The lines of the last request, which was logged at debug. */
async function ask(app: { request: Hono['request'] }, path: string, init?: RequestInit) {
  const { debug } = console;
  const lines: string[] = [];
  console.debug = (line) => lines.push(line);
  try {
    const before = counted;
    const response = await app.request(path, init);
    const { route } = JSON.parse(lines.at(-1) ?? '{}');
    return {
      status: response.status,
      allowed: response.headers.get('access-control-allow-methods'),
      route,
      counted: counted - before,
    };
  } finally {
    console.debug = debug;
  }
}

for (const [base, app] of [...Object.entries(APPS), ['', api()] as const]) {
  test(`at ${base || '/'}`, async () => {
    const channel = '/channels/c%2F1/voice-presence';
    const pattern = `${base}/channels/:channelId/voice-presence`;
    assert.deepEqual(await ask(app, `${base}${channel}`, preflight), {
      status: 204,
      allowed: 'GET,HEAD',
      route: pattern,
      counted: 0,
    });
    assert.deepEqual(await ask(app, `${base}/token`, preflight), {
      status: 204,
      allowed: 'POST',
      route: `${base}/token`,
      counted: 0,
    });
    assert.deepEqual(await ask(app, `${base}/token/x`, preflight), {
      status: 404,
      allowed: null,
      route: '*',
      counted: 0,
    });
    assert.deepEqual(await ask(app, `${base}${channel}`), { status: 401, allowed: null, route: pattern, counted: 1 });
    assert.deepEqual(await ask(app, `${base}/token`), {
      status: 405,
      allowed: null,
      route: `${base}/token`,
      counted: 0,
    });
    assert.deepEqual(await ask(app, `${base}/nowhere`), { status: 404, allowed: null, route: '*', counted: 0 });
  });
}

test("responses have the headers of the application's middleware, beside those of the endpoint", async ({ mock }) => {
  mock.method(console, 'debug', () => {});
  const app = new Hono()
    .use('*', async (context, next) => {
      context.header('X-Before', 'yes');
      context.header('Vary', 'Accept');
      await next();
      context.header('X-After', 'yes');
    })
    .route('/voice', api());
  for (const [path, status, type] of [
    ['/voice/openapi.json', 200, 'application/json'],
    ['/voice/health', 401, 'application/json'],
    ['/voice/token', 405, 'application/json'],
    ['/voice/token', 204, null],
  ] as const) {
    const answer = await app.request(path, status === 204 ? preflight : {});
    assert.equal(answer.status, status, path);
    const { headers } = answer;
    for (const name of ['x-before', 'x-after']) assert.equal(headers.get(name), 'yes', path);
    assert.match(headers.get('vary') ?? '', /^Accept, Origin/, path);
    assert.equal(headers.get('content-type'), type, path);
    assert.equal(headers.get('x-frame-options'), 'DENY', path);
    assert.equal(headers.get('cache-control'), 'no-store', path);
  }
});

test('the application keeps its request id and its own routes; the endpoint answers the paths below the mount', async () => {
  const app = new Hono<{ Variables: { requestId: string } }>()
    .use('*', (context, next) => {
      context.set('requestId', 'of-the-application');
      return next();
    })
    .route('/voice', api())
    .get('/page', (context) => context.text('a page'));
  app.notFound((context) => context.text('nothing here', 404));
  app.onError(() => new Response('not ours to answer'));
  const answer = async (path: string, headers = {}) => {
    const response = await app.request(path, { headers });
    return [response.status, response.headers.get('x-request-id'), await response.text()];
  };
  const unauthorized = '{"statusCode":401,"message":"Unauthorized"}';
  assert.deepEqual(await answer('/voice/health'), [401, 'of-the-application', unauthorized]);
  assert.deepEqual(await answer('/voice/health', { 'X-Request-Id': 'mine' }), [401, 'mine', unauthorized]);
  assert.deepEqual(await answer('/voice/nowhere'), [
    404,
    'of-the-application',
    '{"statusCode":404,"message":"Not Found"}',
  ]);
  assert.deepEqual(await answer('/page'), [200, null, 'a page']);
  assert.deepEqual(await answer('/nowhere'), [404, null, 'nothing here']);
});

test('an error of a function of the application is 500, with every header and without its text', async ({ mock }) => {
  const logged = mock.method(console, 'error', () => {});
  for (const thrown of [new Error('CANARY'), 'CANARY', undefined, null, { message: 'CANARY' }, Symbol('CANARY'), 7]) {
    const fail = () => {
      throw thrown;
    };
    for (const options of [
      { store, settings: fail },
      { store: fail as () => Store, settings: () => env },
    ]) {
      for (const app of [livekit(options), new Hono().route('/a', new Hono().route('/b', livekit(options)))]) {
        const path = app.routes.some(({ path }) => path.startsWith('/a/b')) ? '/a/b/health' : '/health';
        const headers = { Authorization: `Bearer ${userToken('user-456')}`, Origin: 'https://good.example' };
        const response = await app.request(path, { headers });
        const isStore = 'store' in options && options.settings !== fail;
        const [status, message] = isStore ? [503, 'Service Unavailable'] : [500, 'Internal server error'];
        assert.deepEqual(
          [response.status, await response.text()],
          [status, JSON.stringify({ statusCode: status, message })],
        );
        assert.equal(response.headers.get('x-frame-options'), 'DENY');
        assert.equal(response.headers.get('cache-control'), 'no-store');
        assert.match(response.headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/);
      }
    }
  }
  assert.doesNotMatch(JSON.stringify(logged.mock.calls.map(({ arguments: lines }) => lines)), /CANARY/);
});

test('an error of the application has its own status from 400 to 599; any other status is 500', async ({ mock }) => {
  mock.method(console, 'error', () => {});
  mock.method(console, 'debug', () => {});
  for (const [status, answered] of [
    [400, 400],
    [418, 418],
    [599, 599],
    ...[0, -1, 99, 101, 200, 204, 304, 399, 600, 1000, 418.5, Number.NaN, '418', null].map(
      (wrong) => [wrong, 500] as const,
    ),
  ] as const) {
    const fail = () => {
      throw new LivekitException('of the application', status as number);
    };
    const response = await new Hono().route('/voice', livekit({ store, settings: fail })).request('/voice/health');
    assert.equal(response.status, answered, `${status}`);
    const message = answered === 500 ? 'Internal server error' : 'of the application';
    assert.deepEqual(await response.json(), { statusCode: answered, message });
  }
});

test('settings are parsed in each request, those of a frozen object once', async () => {
  let reads = 0;
  const counting = () => ({
    ...env,
    LOG_LEVEL: 'error',
    get CORS_ORIGINS() {
      reads += 1;
      return 'https://good.example';
    },
  });
  for (const [settings, expected] of [
    [counting(), 3],
    [Object.freeze(counting()), 1],
  ] as const) {
    const app = livekit({ store, settings: () => settings });
    reads = 0;
    for (let count = 0; count < 3; count++) assert.equal((await app.request('/token', preflight)).status, 204);
    assert.equal(reads, expected);
  }
});
