/** The limits as they are deployed, with bindings or memory, on each platform: which requests are counted, and by which key. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import {
  assertError,
  NOT_ALLOWED,
  NOT_FOUND,
  NOT_JSON,
  TOO_LARGE,
  TOO_MANY,
  UNAUTHORIZED,
  UNSUPPORTED,
} from '../support/answers.ts';
import { type Answer, type Asking, type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { untilMinuteHas } from '../support/minute.ts';
import { people } from '../support/people.ts';
import { sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';

const ROOM = { roomId: 'channel-abc123' };
const PER_USER = 4;
const PER_ADDRESS = 12;

/** If a limit sends Retry-After, it has integer seconds, at most a minute. */
function assertTooMany(answer: Answer, what?: string): void {
  assertError(answer, TOO_MANY, what);
  const seconds = answer.headers.get('retry-after') ?? '';
  assert.match(seconds, /^[1-9]\d*$/, what);
  assert.ok(Number(seconds) <= 60, seconds);
}

let last = 0;
/** A new client address, as a proxy writes it. */
const newClient = () => ({ 'X-Real-IP': `198.51.100.${++last}` });

describe('with limits', () => {
  let endpoint: Endpoint;
  before(async () => {
    endpoint = await startEndpoint({
      limits: { user: PER_USER, address: PER_ADDRESS },
      bindings: { ...demoSettings, CLIENT_ADDRESS_HEADER: 'X-Real-IP' },
    });
  });
  after(() => endpoint.stop());
  const { newMember } = people(() => endpoint);
  const bearer = (user: string) => ({ Authorization: `Bearer ${userToken(user)}` });

  test('a user has one limit, on all routes and from all addresses together', async () => {
    const [user, other] = [await newMember(), await newMember()];
    await untilMinuteHas(15);
    const ask = (as: string, at: number): Promise<Answer> => {
      const asking = { as: null, headers: { ...newClient(), ...bearer(as) } };
      return at % 2 === 0 ? endpoint.token(ROOM, asking) : endpoint.get('/health', asking);
    };
    for (let at = 0; at < PER_USER; at++) assert.ok((await ask(user, at)).status < 300);
    for (let at = 0; at < 3; at++) assertTooMany(await ask(user, at));
    for (let at = 0; at < PER_USER; at++) assert.ok((await ask(other, at)).status < 300, 'another user');
  });

  test('an address has one limit for all its callers', async () => {
    const headers = newClient();
    await untilMinuteHas(15);
    for (let at = 0; at < PER_ADDRESS; at++) {
      const asking: Asking = at % 2 === 0 ? { as: null } : { as: null, headers: { Authorization: 'Bearer x' } };
      asking.headers = { ...asking.headers, ...headers };
      assertError(await endpoint.get('/health', asking), UNAUTHORIZED);
    }
    for (const as of [null, await newMember(), 'user-owner']) {
      assertTooMany(
        await endpoint.token(ROOM, { as: null, headers: { ...headers, ...(as === null ? {} : bearer(as)) } }),
      );
    }
    assertError(await endpoint.get('/health', { as: null, headers: newClient() }), UNAUTHORIZED, 'another address');
  });

  test('429 comes after 404 and 405; for an address before all other checks, for a user after 401', async () => {
    const headers = newClient();
    const user = await newMember();
    await untilMinuteHas(20);
    const ask = (body: string, more: Record<string, string> = {}) =>
      endpoint.token(body, { as: null, headers: { ...headers, ...more } });
    // Only the beginning is sent: a client that is still sending may never see the response.
    const large = () => {
      const lines = Object.entries({ ...headers, ...bearer(user), 'Content-Length': `${101 * 1024}` });
      const fields = lines.map(([name, value]) => `${name}: ${value}`);
      return sendRaw(endpoint.url, 'POST /api/livekit/token', fields, '{');
    };
    const cookie = { Cookie: `access_token=${userToken(user)}`, 'Content-Type': 'text/plain' };
    // 404 and 405 are not counted.
    for (let at = 0; at < PER_ADDRESS; at++) {
      assertError(await endpoint.get('/nowhere', { as: null, headers }), NOT_FOUND);
      assertError(await endpoint.get('/token', { as: null, headers }), NOT_ALLOWED);
    }
    // Refusals before authentication count for the address only.
    for (let at = 0; at < 2; at++) {
      assertError(await large(), TOO_LARGE);
      assertError(await ask('{', bearer(user)), NOT_JSON);
      assertError(await ask('{}', cookie), UNSUPPORTED);
    }
    for (let at = 0; at < PER_USER; at++) assert.equal((await ask('{}', bearer(user))).status, 400);
    assertTooMany(await ask('{}', bearer(user)), 'the user');
    assertError(await ask('{}'), UNAUTHORIZED);
    for (const [body, more] of [
      ['{', {}],
      ['{}', cookie],
      ['{}', {}],
      ['{}', bearer(user)],
    ] as const) {
      assertTooMany(await ask(body, more), 'the address');
    }
    assertTooMany(await large(), 'the address');
    assertError(await endpoint.get('/nowhere', { as: null, headers }), NOT_FOUND);
    assertError(await endpoint.get('/token', { as: null, headers }), NOT_ALLOWED);
  });

  test('the addresses of one IPv6 network are one client, of two networks two', async () => {
    const health = (client: string) => endpoint.get('/health', { as: null, headers: { 'X-Real-IP': client } });
    await untilMinuteHas(15);
    for (let at = 0; at < PER_ADDRESS; at++) assertError(await health(`2001:db8::${at + 1}`), UNAUTHORIZED);
    assertTooMany(await health('2001:db8::ffff:1'));
    assertError(await health('2001:db8:0:1::1'), UNAUTHORIZED);
    for (let at = 0; at < PER_ADDRESS; at++) await health(at % 2 === 0 ? '203.0.113.7' : '::ffff:203.0.113.7');
    assertTooMany(await health('::ffff:cb00:7107'));
  });

  test('of several entries the last counts, which the proxy has written', async () => {
    const { 'X-Real-IP': client } = newClient();
    await untilMinuteHas(15);
    const health = (at: number) =>
      endpoint.get('/health', { as: null, headers: { 'X-Real-IP': `192.0.2.${at}, ${client}` } });
    for (let at = 0; at < PER_ADDRESS; at++) assertError(await health(at), UNAUTHORIZED);
    assertTooMany(await health(99));
  });
});

test("without CLIENT_ADDRESS_HEADER no header sets the client's address", async () => {
  const endpoint = await startEndpoint({ limits: { address: PER_ADDRESS } });
  try {
    await untilMinuteHas(15);
    const spoofed = (at: number) => {
      const client = `192.0.2.${at}`;
      return endpoint.get('/health', {
        as: null,
        headers: {
          'X-Real-IP': client,
          'X-Forwarded-For': client,
          Forwarded: `for=${client}`,
          'X-Client-IP': client,
          'True-Client-IP': client,
          'Fly-Client-IP': client,
        },
      });
    };
    for (let at = 0; at < PER_ADDRESS; at++) assertError(await spoofed(at), UNAUTHORIZED);
    assertTooMany(await spoofed(99));
  } finally {
    await endpoint.stop();
  }
});
