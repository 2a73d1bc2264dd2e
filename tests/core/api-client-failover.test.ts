/** Regions of LiveKit Cloud: real requests, which reach servers on this machine by the names of its hosts. */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, mock, test } from 'node:test';
import { type ClientOptions, RoomServiceClient, ServerError } from 'livekit-edge';
import { json } from '../server-parts/fake-livekit.ts';

interface Request {
  readonly origin: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const HOME = 'https://home.livekit.cloud';
const regions = (...urls: unknown[]) => ({ regions: urls.map((url) => ({ region: 'r', url, distance: '1' })) });

const requests: Request[] = [];
/** The responses of each host; the others succeed. */
const answers = new Map<string, (response: ServerResponse) => void>();
/** The response with the regions. */
let settings: (response: ServerResponse) => void;

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { 'x-origin': origin = '', ...headers } = request.headers;
  const { url: path = '' } = request;
  requests.push({ origin: `${origin}`, path, headers, body: Buffer.concat(chunks).toString() });
  if (path === '/settings/regions') return settings(response);
  const answer = answers.get(`${origin}`) ?? ((response) => json(response, 200, { rooms: [{ name: `${origin}` }] }));
  answer(response);
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { fetch } = globalThis;
  mock.method(globalThis, 'fetch', (address: string, init: RequestInit) => {
    const { origin, pathname } = new URL(address);
    const { port } = server.address() as AddressInfo;
    const headers = { ...(init.headers as Record<string, string>), 'x-origin': origin };
    return fetch(`http://127.0.0.1:${port}${pathname}`, { ...init, headers });
  });
});
after(async () => {
  mock.restoreAll();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  requests.length = 0;
  answers.clear();
  settings = (response) => json(response, 200, regions(HOME, 'wss://b.livekit.cloud', 'https://c.livekit.cloud'));
});

const unavailable = (response: ServerResponse) => json(response, 503, { code: 'unavailable' });

async function list(host = HOME, options: ClientOptions = {}): Promise<string> {
  const rooms = new RoomServiceClient(host, 'devkey', 'secret', options);
  try {
    return (await rooms.listRooms()).map(({ name }) => name).join();
  } catch (error) {
    assert.ok(error instanceof ServerError);
    return `${error.status} ${error.code}`;
  }
}

/** The hosts of the requests. */
const asked = () => requests.map(({ origin, path }) => (path.startsWith('/twirp/') ? origin : `${origin}${path}`));

test('a call that works is one request', async () => {
  assert.equal(await list(), HOME);
  assert.deepEqual(asked(), [HOME]);
});

test('a call that fails is sent unchanged to the next region', async () => {
  for (const fail of [unavailable, (response: ServerResponse) => void response.destroy()]) {
    requests.length = 0;
    answers.set(HOME, fail);
    assert.equal(await list('wss://home.livekit.cloud'), 'https://b.livekit.cloud');
    assert.deepEqual(asked(), [HOME, `${HOME}/settings/regions`, 'https://b.livekit.cloud']);
    const [first, settings, second] = requests;
    assert.deepEqual([second?.path, second?.body, second?.headers], [first?.path, first?.body, first?.headers]);
    assert.match(`${first?.headers['x-livekit-request-id']}`, /^[\da-f-]{36}$/);
    assert.equal(settings?.headers.authorization, first?.headers.authorization);
  }
});

test('there are at most three requests, and the last response counts', async () => {
  settings = (response) =>
    json(response, 200, regions(...'bcdef'.split('').map((name) => `https://${name}.livekit.cloud`)));
  for (const name of ['home', 'b', 'd']) answers.set(`https://${name}.livekit.cloud`, unavailable);
  answers.set('https://c.livekit.cloud', (response) => json(response, 500, { code: 'internal' }));
  assert.equal(await list(), '500 internal');
  assert.deepEqual(
    asked().filter((origin) => !origin.includes('settings')),
    [HOME, 'https://b.livekit.cloud', 'https://c.livekit.cloud'],
  );
});

test('a refusal of the server is not sent to another region, nor is garbage', async () => {
  for (const [status, body, expected] of [
    [401, { code: 'unauthenticated' }, '401 unauthenticated'],
    [404, { code: 'not_found' }, '404 not_found'],
    [302, {}, '502 unknown'],
    [200, [], '502 unknown'],
  ] as const) {
    requests.length = 0;
    answers.set(HOME, (response) => json(response, status, body));
    assert.equal(await list(), expected);
    assert.deepEqual(asked(), [HOME]);
  }
});

test('there is no failover if it is off, with a short timeout, and for other hosts', async () => {
  for (const [host, options] of [
    [HOME, { failover: false }],
    [HOME, { requestTimeout: 4.9 }],
    ['http://home.livekit.cloud', {}],
    ['https://livekit.example', {}],
    ['https://home.livekit.cloud.example', {}],
    ['https://homelivekit.cloud', {}],
  ] as const) {
    requests.length = 0;
    answers.set(new URL(host).origin, unavailable);
    assert.equal(await list(host, options), '503 unavailable');
    assert.deepEqual(asked(), [new URL(host).origin]);
    assert.equal(requests[0]?.headers['x-livekit-request-id'], undefined);
  }
});

test('a token is sent to LiveKit Cloud only, whatever the list contains', async () => {
  answers.set(HOME, unavailable);
  const listed = [
    'https://evil.example',
    'http://b.livekit.cloud',
    'https://livekit.cloud',
    'https://b.livekit.cloud.example',
    'https://b.livekit.cloud@evil.example',
    'https://user:canary@b.livekit.cloud',
    'file:///etc/passwd',
    'b.livekit.cloud',
    HOME,
    null,
    7,
    { href: 'https://b.livekit.cloud' },
  ];
  settings = (response) => json(response, 200, { regions: [...regions(...listed).regions, null, 7, 'https://x'] });
  assert.equal(await list(), '503 unavailable');
  assert.deepEqual(asked(), [HOME, `${HOME}/settings/regions`]);
});

test('if the list of regions is unavailable, the first response counts', async () => {
  answers.set(HOME, unavailable);
  const bodies = ['', '{', 'null', '[]', '{}', '{"regions":{}}', '{"regions":"https://b.livekit.cloud"}'];
  const large = JSON.stringify({ ...regions('https://b.livekit.cloud'), padding: 'x'.repeat(70_000) });
  for (const settle of [
    ...[...bodies, large].map((body) => (response: ServerResponse) => void response.end(body)),
    (response: ServerResponse) => json(response, 404, regions('https://b.livekit.cloud')),
    (response: ServerResponse) =>
      void response.writeHead(302, { location: '/elsewhere' }).end(JSON.stringify(regions('https://b.livekit.cloud'))),
    (response: ServerResponse) => void response.destroy(),
    // Without a response.
    () => {},
  ]) {
    requests.length = 0;
    settings = settle;
    assert.equal(await list(), '503 unavailable');
    assert.deepEqual(asked(), [HOME, `${HOME}/settings/regions`]);
  }
});
