/** Responses that are sent before the body was read: the client receives each of them, and cannot hold the connection. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertEarlyAnswers, connections, EARLY_STATUS, sendLarge } from '../support/early-answers.ts';
import { sendEndlessly } from '../support/endless-body.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { platform } from '../support/platform.ts';
import { userToken } from '../support/user-token.ts';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());

const TRIES = 1000;
/** Of clients whose bodies have no end, four at the same time. */
const ROUNDS = 5;

test(`${TRIES} clients that send 2 MiB all receive the early response`, () => assertEarlyAnswers(endpoint.url, TRIES));

test('a client that sends 12 MiB to a route without a body receives the response of success', async () => {
  const body = Buffer.alloc(12 * 1024 * 1024, 'a');
  const headers = { Authorization: `Bearer ${userToken('user-mod')}` };
  const path = '/channels/channel-abc123/kick-participant?participantIdentity=guest';
  for (const isChunked of [true, false]) {
    const agent = connections(true);
    const sent = Array.from({ length: 4 }, () =>
      sendLarge(endpoint.url, path, { method: 'DELETE', isChunked, agent, headers, body }),
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
      Object.keys(EARLY_STATUS).flatMap((path) =>
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
