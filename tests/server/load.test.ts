/** Ten thousand concurrent requests: each gets a documented response in bounded time, and the endpoint works afterwards. */
import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import {
  assertDocumented,
  assertError,
  assertToken,
  FORBIDDEN,
  NOT_ALLOWED,
  NOT_FOUND,
  NOT_JSON,
  TOO_MANY,
  UNAUTHORIZED,
} from '../support/answers.ts';
import { type Answer, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { ADDRESS_HEADER, LIMITS_HEADER, toHeader } from '../support/headers.ts';
import { platform } from '../support/platform.ts';
import { userToken } from '../support/user-token.ts';

const REQUESTS = 10_000;
/** Twice the limit of an address; the limit of a user is lower. */
const LIMITED_REQUESTS = 4000;
/**
 * More connections would test the machine: its limit of open files, and on PostgreSQL, where ten connections share a busy
 * machine with the database, how many queries it answers in two seconds. The other requests are 503, as documented.
 */
const SOCKETS = platform === 'node-postgres' ? 20 : 256;
const SECONDS = 200;
const GOOD = '{"roomId":"channel-abc123"}';

let endpoint: Endpoint;
let agent: Agent;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('limits-worker.ts') });
  agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
});
after(() => {
  agent.destroy();
  return endpoint.stop();
});

interface Sending {
  method: string;
  path: string;
  body?: string;
  headers: Record<string, string>;
}

function send({ method, path, body = '', headers }: Sending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = { 'Content-Length': `${Buffer.byteLength(body)}` };
    const url = `${endpoint.url}/api/livekit${path}`;
    const request = httpRequest(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const headers = new Headers(Object.entries(response.headers).map(([name, value]) => [name, `${value}`]));
        resolve({ status: response.statusCode ?? 0, headers, text: Buffer.concat(parts).toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const bearer = (user: string, changes = {}) => ({ Authorization: `Bearer ${userToken(user, changes)}` });
const alice = () => bearer('user-456');

/** The requests and their expected responses. */
const KINDS: readonly [() => Sending, (answer: Answer) => void][] = [
  [() => ({ method: 'POST', path: '/token', body: GOOD, headers: alice() }), (answer) => void assertToken(answer)],
  [() => ({ method: 'POST', path: '/token', body: GOOD, headers: {} }), (answer) => assertError(answer, UNAUTHORIZED)],
  [
    () => ({ method: 'POST', path: '/token', body: GOOD, headers: bearer('user-stranger') }),
    (answer) => assertError(answer, FORBIDDEN),
  ],
  [() => ({ method: 'POST', path: '/token', body: '{', headers: alice() }), (answer) => assertError(answer, NOT_JSON)],
  [
    () => ({ method: 'POST', path: '/token', body: '{"roomId":7,"ttl":"x"}', headers: alice() }),
    (answer) => assertDocumented(answer),
  ],
  [() => ({ method: 'GET', path: '/token', headers: alice() }), (answer) => assertError(answer, NOT_ALLOWED)],
  [() => ({ method: 'GET', path: '/nowhere', headers: {} }), (answer) => assertError(answer, NOT_FOUND)],
  [() => ({ method: 'GET', path: '/health', headers: alice() }), (answer) => assert.equal(answer.status, 200)],
  [
    () => ({ method: 'GET', path: '/channels/channel-abc123/voice-presence', headers: alice() }),
    (answer) => assert.equal(answer.text, '{"channelId":"channel-abc123","participants":[]}'),
  ],
];

/** Sends all at once; they wait for a socket, not for each other. */
async function flood(requests: number, sending: (at: number) => Sending): Promise<Answer[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not all answered in ${SECONDS} s`)), SECONDS * 1000);
  });
  const all = Promise.all(Array.from({ length: requests }, (_, at) => send(sending(at))));
  try {
    return await Promise.race([all, late]);
  } finally {
    clearTimeout(timer);
  }
}

test('every one of ten thousand concurrent requests gets the response that it would get alone', async () => {
  const kindOf = (at: number) => KINDS[at % KINDS.length] as (typeof KINDS)[number];
  const answers = await flood(REQUESTS, (at) => kindOf(at)[0]());
  for (const [at, answer] of answers.entries()) kindOf(at)[1](answer);
  assert.equal(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size, REQUESTS);
  assertToken(await endpoint.token(GOOD));
});

test('with rate limits as many requests pass as the limits allow, and all others get Retry-After', async () => {
  const limits = { user: { lets: 500, name: 'load' }, address: { lets: 2000, name: 'load' } };
  const headers = { [LIMITS_HEADER]: toHeader(limits), [ADDRESS_HEADER]: '192.0.2.1' };
  const answers = await flood(LIMITED_REQUESTS, (at) => ({
    method: 'POST',
    path: '/token',
    body: GOOD,
    headers: { ...headers, ...bearer(at % 2 ? 'user-456' : 'user-789') },
  }));
  for (const answer of answers) {
    if (answer.status === 201) assertToken(answer);
    else {
      assertError(answer, TOO_MANY);
      assert.equal(answer.headers.get('retry-after'), '60');
    }
  }
  const letIn = answers.filter(({ status }) => status === 201).length;
  // The address may send 2000, each of two users 500; which requests come first is random.
  assert.ok(letIn >= 500 && letIn <= 1000, `${letIn}`);
  assertToken(await endpoint.token(GOOD));
  assertToken(await send({ method: 'POST', path: '/token', body: GOOD, headers: alice() }));
});
