/** Responses that are sent before the body was read: the client receives each of them, and cannot hold the connection. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { sendEndlessly } from '../support/endless-body.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { platform } from '../support/platform.ts';
import { userToken } from '../support/user-token.ts';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());

const BODY = Buffer.alloc(2 * 1024 * 1024, 'a');
const TRIES = 1000;
const AT_A_TIME = 4;
/** Of clients whose bodies have no end, four at the same time. */
const ROUNDS = 5;
const STATUS = { '/token': 413, '/webhook': 401 } as const;
type Path = keyof typeof STATUS;

interface Sending {
  method?: string;
  isChunked: boolean;
  agent: Agent;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** Sends the whole body and resolves with the status; rejects if the connection breaks before the response. */
function send(url: string, path: string, options: Sending): Promise<number | undefined> {
  const { method = 'POST', isChunked, agent, headers, body = BODY } = options;
  // Node does not choose a framing for the body of a DELETE.
  const framing = isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/livekit${path}`, { method, agent, headers: { ...headers, ...framing } });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response
        .on('error', reject)
        .on('end', () => resolve(response.statusCode))
        .resume();
    });
    sent.end(body);
  });
}

test(`${TRIES} clients that send 2 MiB all receive the early response`, async () => {
  const counts: Record<string, number> = {};
  const kinds = Object.keys(STATUS).flatMap((path) =>
    [true, false].flatMap((isChunked) =>
      [true, false].map((keepAlive) => ({ path: path as Path, isChunked, keepAlive })),
    ),
  );
  for (const { path, isChunked, keepAlive } of kinds) {
    const agent = new Agent({ keepAlive, maxSockets: AT_A_TIME });
    let left = TRIES / kinds.length;
    const client = async () => {
      while (left-- > 0) {
        const status = await send(endpoint.url, path, { isChunked, agent }).catch(({ code }) => code);
        const key = status === STATUS[path] ? 'read' : `${path} ${isChunked} ${keepAlive}: ${status}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, client));
    agent.destroy();
  }
  assert.deepEqual(counts, { read: TRIES });
});

test('a client that sends 12 MiB to a route without a body receives the response of success', async () => {
  const body = Buffer.alloc(12 * 1024 * 1024, 'a');
  const headers = { Authorization: `Bearer ${userToken('user-mod')}` };
  const path = '/channels/channel-abc123/kick-participant?participantIdentity=guest';
  for (const isChunked of [true, false]) {
    const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });
    const sent = Array.from({ length: 20 }, () =>
      send(endpoint.url, path, { method: 'DELETE', isChunked, agent, headers, body }),
    );
    assert.deepEqual(new Set(await Promise.all(sent)), new Set([200]), `${isChunked}`);
    agent.destroy();
  }
});

const holds =
  platform === 'deno-sqlite' && 'Deno.serve closes no connection before its body has ended (docs/deploy.md)';

test('a client with an endless body receives the response, and its connection is closed', { skip: holds }, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const answers = await Promise.all(
      Object.keys(STATUS).flatMap((path) =>
        [true, false].map(async (isChunked) => [path, await sendEndlessly(endpoint.url, path, isChunked)]),
      ),
    );
    assert.deepEqual(answers, [
      ['/token', 'HTTP/1.1 413 Payload Too Large'],
      ['/token', 'HTTP/1.1 413 Payload Too Large'],
      ['/webhook', 'HTTP/1.1 401 Unauthorized'],
      ['/webhook', 'HTTP/1.1 401 Unauthorized'],
    ]);
  }
});
