// nodeHandler() answers in a Node server of the application, and never with a body that something else has read.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp, nodeHandler, openStore } from 'livekit-edge/node';
import { type FactsQuestion, memoryFeeds, type Store } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { connectTo } from '../support/connect.ts';
import { openStream } from '../support/event-stream.ts';
import { memberFacts } from '../support/member-facts.ts';
import { chunked, sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';

const globals = [globalThis.Request, globalThis.Response];
const BODY = JSON.stringify({ roomId: 'lounge-1' });
const headers = ['Content-Type: application/json', `Authorization: Bearer ${userToken('alice')}`];
const FRAMED: [string, string][] = [
  [`Content-Length: ${BODY.length}`, BODY],
  ['Transfer-Encoding: chunked', chunked(BODY)],
];

const env = { ...demoSettings, LIVEKIT_API_SECRET: 'x'.repeat(32), LOG_LEVEL: 'error' };
const authorize = ({ userId }: { userId: string }, { room }: { room: string }) =>
  room.startsWith('lounge-') ? { room, identity: userId, grants: {} } : null;
const appBelow = (prefix?: string) => createApp({ env, prefix, authorize });

/** Reads the body, as a parser does. */
async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

describe('nodeHandler', () => {
  const handlers: Record<string, RequestListener> = {};
  let url = '';
  const server = createServer((request, response) => {
    const [, name = ''] = (request.url ?? '').split('/');
    request.url = (request.url ?? '').slice(name.length + 1);
    handlers[name]?.(request, response);
  });
  before(async () => {
    const handle = nodeHandler(await appBelow('/'));
    handlers['unread'] = handle;
    handlers['parsed'] = async (request, response) => {
      Object.assign(request, { body: JSON.parse(`${await read(request)}`) });
      handle(request, response);
    };
    handlers['kept'] = async (request, response) => {
      Object.assign(request, { rawBody: await read(request) });
      handle(request, response);
    };
    // What is no Buffer has lost the bytes.
    handlers['text'] = async (request, response) => {
      Object.assign(request, { rawBody: `${await read(request)}` });
      handle(request, response);
    };
    handlers['drained'] = (request, response) => {
      request.resume().once('end', () => handle(request, response));
    };
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.close();
    await once(server, 'close');
  });

  const post = (path: string, framing: string, body: string) =>
    sendRaw(url, `POST ${path}`, [...headers, framing], body);

  for (const [framing, body] of FRAMED) {
    for (const name of ['unread', 'kept']) {
      test(`${framing}: a body that is ${name} is parsed by the endpoint`, async () => {
        const { status, text } = await post(`/${name}/token`, framing, body);
        assert.equal(status, 201, text);
      });
    }

    for (const name of ['parsed', 'text']) {
      test(`${framing}: a body that is lost (${name}) is 500, and the log says what to do`, async ({ mock }) => {
        const logged = mock.method(console, 'error', () => {});
        const answer = await post(`/${name}/token`, framing, body);
        assert.equal(answer.status, 500);
        assert.equal(answer.text, '{"statusCode":500,"message":"Internal server error"}');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        const [line] = logged.mock.calls.map(({ arguments: [line] }) => JSON.parse(line));
        assert.match(line.message, /^The body of a request was read before the endpoint: mount it before body parsers/);
        assert.ok(!JSON.stringify(line).includes('lounge'));
      });
    }
  }

  test('a request without a body is answered, whatever was read', async () => {
    const get = await sendRaw(url, 'GET /drained/health', headers);
    assert.deepEqual([get.status, get.text], [200, '{"status":"healthy","configured":true}']);
    assert.equal((await sendRaw(url, 'POST /drained/token', [...headers, 'Content-Length: 0'])).status, 400);
    assert.equal((await sendRaw(url, 'POST /drained/token', headers.slice(0, 1))).status, 401);
  });

  test('an invalid target is 400', async () => {
    const { status, text } = await sendRaw(url, 'GET /unread/\\health');
    assert.deepEqual([status, text], [400, '{"statusCode":400,"message":"Bad Request"}']);
  });

  test('the rest of a body that is too large is discarded, and the connection stays usable', async () => {
    for (let round = 0; round < 3; round += 1) {
      const init = { method: 'POST', headers: { Authorization: `Bearer ${userToken('alice')}` } };
      const large = await fetch(`${url}/unread/token`, { ...init, body: ' '.repeat(2 * 1024 * 1024) });
      assert.deepEqual([large.status, JSON.parse(await large.text()).statusCode], [413, 413]);
      assert.equal((await fetch(`${url}/unread/token`, { ...init, body: BODY })).status, 201);
    }
  });

  test('a body slightly above the limit of what is discarded does not close the connection later', async () => {
    const { hostname, port } = new URL(url);
    const length = 16 * 1024 * 1024 + 1;
    let text = '';
    const socket = connectTo(Number(port), hostname, () => {
      socket.write(`POST /unread/token HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
      socket.write(Buffer.alloc(length, ' '));
    });
    socket.on('data', (part) => {
      text += part;
    });
    const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    // More than the time after which the connection of a longer body is closed.
    await sleep(2000);
    socket.write('GET /unread/livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await closed;
    assert.match(text, /^HTTP\/1\.1 413 [\s\S]*HTTP\/1\.1 200 /);
  });

  test('the global Request and Response are those of the application', () => {
    assert.deepEqual([globalThis.Request, globalThis.Response], globals);
  });
});

test('a stream is passed on as it comes, and ends when the feeds are closed', async () => {
  const facts = async ({ userId, channelId }: FactsQuestion) => ({
    ...memberFacts,
    userId,
    channelId,
    actions: ['READ_CHANNEL'],
  });
  const present: object[] = [];
  const store = { facts, presence: async () => present } as unknown as Store;
  const presenceFeeds = memoryFeeds();
  const server = createServer(nodeHandler(await createApp({ env, prefix: '/', store, presenceFeeds })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const authorization = { Authorization: `Bearer ${userToken('alice')}` };
    const client = await openStream(`http://127.0.0.1:${port}/channels/c/voice-presence/events`, authorization);
    assert.equal((await client.read().next()).event, 'snapshot');
    present.push({ identity: 'bob', name: 'Bob', joinedAt: 1, isServerMuted: false });
    await presenceFeeds.changed('c');
    assert.equal((await client.next()).data.identity, 'bob');
    const closed = once(server, 'close');
    server.close();
    await presenceFeeds.close();
    await client.ended();
    await closed;
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe('prefix', () => {
  const statusOf = async (prefix: string | undefined, path: string) =>
    (await (await appBelow(prefix)).request(path)).status;

  test('an app answers below its prefix, and nowhere else', async () => {
    for (const [prefix, path, status] of [
      [undefined, '/api/livekit/health', 401],
      [undefined, '/livekit/health', 401],
      [undefined, '/health', 404],
      ['/', '/health', 401],
      ['/', '/api/livekit/health', 404],
      ['/voice', '/voice/health', 401],
      ['/voice', '/voice/nowhere', 404],
      ['/voice', '/health', 404],
      ['/voice', '/api/livekit/health', 404],
    ] as const) {
      assert.equal(await statusOf(prefix, path), status, `${prefix} ${path}`);
    }
  });

  test('a prefix that is no path is an error', async () => {
    for (const prefix of ['', 'api', 7, null]) {
      await assert.rejects(appBelow(prefix as string), { code: 'not_configured', message: /^prefix must be/ });
    }
  });

  test('the store that createApp has opened is that of the settings', async () => {
    const store = await openStore({ SQLITE_PATH: ':memory:' });
    const app = await createApp({ env, store, prefix: '/' });
    assert.equal((await app.request('/channels/c/voice-presence')).status, 401);
    await store.close();
  });
});
