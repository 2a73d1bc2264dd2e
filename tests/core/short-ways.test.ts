/** Every short way through the package against the long one, on random input. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { afterEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { AccessToken, LivekitException, LivekitService, TokenVerifier } from 'livekit-edge';
import { authorize, createEndpoint, grant, readCreateToken, readTokenSource } from 'livekit-edge/server';
import { plain } from '../../pkg/dist/plain.js';
import { authorizeAndGrant } from '../../pkg/dist/server/authorize.js';

const NOW = 1_790_000_000;
const KEY = 'api-key';
const SECRET = 'a-secret-of-more-than-thirty-two-bytes';

afterEach(() => mock.timers.reset());
const freeze = () => mock.timers.enable({ apis: ['Date'], now: NOW * 1000 + 999 });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(claims: object, secret = SECRET): string {
  const start = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${start}.${createHmac('sha256', secret).update(start).digest('base64url')}`;
}

/** What a call returns, or the error that it throws. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    assert.ok(error instanceof LivekitException);
    return { ...error, message: error.message, body: error.body };
  }
}

/** Ids around the length that the short way takes, some with characters that it does not. */
const id = fc
  .oneof(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '/', 'é', '雪', '🎤'), minLength: 1, maxLength: 40 }),
    fc.integer({ min: 250, max: 256 }).map((length) => 'x'.repeat(length)),
  )
  .filter((text) => text !== '' && text.trim() === text && Buffer.byteLength(text) <= 256);

test('a minted token is the one that its claims make by hand', () => {
  freeze();
  const services = [false, true].map(
    (own) => new LivekitService({ apiKey: KEY, apiSecret: SECRET, canUpdateOwnMetadata: own }),
  );
  const name = fc.option(id, { nil: undefined });
  const ttl = fc.option(fc.integer({ min: 1, max: 86_400 }), { nil: undefined });
  fc.assert(
    fc.property(id, id, name, ttl, fc.nat(1), (roomId, identity, name, ttl, own) => {
      const grants = { roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true };
      const expected = signed({
        iss: KEY,
        exp: NOW + (ttl ?? 3600),
        nbf: NOW,
        video: { ...grants, ...(own === 1 ? { canUpdateOwnMetadata: true } : {}), room: roomId },
        sub: identity,
        name: name ?? identity,
      });
      assert.equal(services[own]?.generateToken({ roomId, identity, name, ttl }).token, expected);
    }),
  );
});

test('a token is checked alike as it is and as JSON', () => {
  freeze();
  const good = signed({ iss: KEY, exp: NOW + 60, sub: 'i', name: 'é雪' });
  const claims = fc.oneof(
    fc.record({ iss: fc.constantFrom(KEY, 'other', 1), exp: fc.constantFrom(NOW + 60, NOW, NOW - 9, NOW - 10, 'x') }),
    fc.record({ iss: fc.constant(KEY), exp: fc.constant(NOW + 60), x: fc.jsonValue({ maxDepth: 2 }) }),
    fc.record({ iss: fc.constant(KEY), exp: fc.constant(NOW + 60), name: fc.string({ maxLength: 5000 }) }),
  );
  const token = fc.oneof(
    claims.map((claims) => signed(claims)),
    claims.map((claims) => signed(claims, 'another')),
    fc.tuple(fc.nat(good.length), fc.string({ unit: 'binary', maxLength: 2 })).map(([at, with_]) => {
      return good.slice(0, at) + with_ + good.slice(at + 1);
    }),
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.constantFrom('\ud800', 'é'.repeat(2048), 'x'.repeat(4096), 'x'.repeat(4097)),
  );
  const verifiers = [false, true].map((refuseFutureIat) => new TokenVerifier(KEY, SECRET, { refuseFutureIat }));
  fc.assert(
    fc.property(token, fc.integer({ min: 0, max: 20 }), fc.nat(1), (token, tolerance, which) => {
      const check = (tolerance: number | string) => outcome(() => verifiers[which]?.verifySync(token, tolerance));
      assert.deepEqual(check(tolerance), check(`${tolerance}s`));
    }),
    { numRuns: 500 },
  );
});

/** What a promise becomes, or the error. */
async function settled(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return outcome(() => {
      throw error;
    });
  }
}

test('a request is answered alike in one call of the rules and in two', async () => {
  freeze();
  const mostly = <T>(usual: T, ...others: T[]) =>
    fc.oneof({ weight: 15, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
  const facts = fc.record({
    userId: mostly('u', null, 'other'),
    role: mostly<unknown>('USER', 'OWNER', null),
    banned: mostly<unknown>(0, 1, null),
    tokenRevoked: mostly<unknown>(0, 1, 'x'),
    channelId: mostly('c', null, 'é'),
    isPrivate: mostly<unknown>(0, 1, true, null),
    isMember: mostly<unknown>(1, 0, false, null),
    groupId: mostly<unknown>('c', null, 'C', 1),
    actions: mostly<unknown>(['JOIN_CHANNEL'], ['JOIN_CHANNEL', 'MUTE_PARTICIPANT'], ['x'], null),
    banActive: mostly<unknown>(null, 0, 1),
    banEnds: mostly(null, NOW + 1, NOW, -1),
    timeoutEnds: mostly(null, NOW + 1, NOW, -1),
    identityIsUser: mostly<unknown>(0, 1, null),
  });
  const room = fc.oneof({ weight: 9, arbitrary: fc.constant('c') }, id);
  const text = fc.oneof(fc.constantFrom('c', 'u', 'é'), id);
  const body = fc.record(
    { roomId: room, identity: text, name: text, ttl: mostly<unknown>(1, 1.5, 0, 86_401, 'x') },
    { requiredKeys: ['roomId'] },
  );
  const names = { room_name: room, participant_name: text, participant_identity: fc.constantFrom('u', 'x', '') };
  const extras = { participant_metadata: text, participant_attributes: fc.constantFrom({}, { a: 'é"' }, { a: 1 }) };
  const source = fc.oneof(fc.record(names), fc.record({ ...names, ...extras }, { requiredKeys: ['room_name'] }));
  const request = fc.oneof(
    fc.tuple(fc.constantFrom('token' as const, 'dm-token' as const), body),
    fc.tuple(fc.constant('token-source' as const), source),
  );
  const settings = fc.constantFrom<object>(
    { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, LIVEKIT_URL: 'wss://x' },
    { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, LIVEKIT_GRANTS: 'role', LIVEKIT_CAN_UPDATE_OWN_METADATA: true },
    { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, LIVEKIT_IDENTITY_POLICY: 'own' },
    {},
  );
  const minted = { token: 0, 'dm-token': 0, 'token-source': 0 };
  await fc.assert(
    fc.asyncProperty(settings, request, fc.option(facts), async (settings, [route, body], facts) => {
      const store = { facts: async () => facts as never };
      const endpoint = { ...createEndpoint({ ...settings, LOG_LEVEL: 'error' }, { store: () => store }) };
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      const read = () => (route === 'token-source' ? readTokenSource : readCreateToken)(bytes);
      const caller = { userId: 'u' };
      const one = await settled(() => authorizeAndGrant(caller, read(), endpoint, route));
      const two = await settled(async () => grant(await authorize(caller, read(), endpoint, route), endpoint));
      assert.deepEqual(one, two);
      minted[route] += Number('token' in Object(one));
    }),
    { numRuns: 1000 },
  );
  for (const [route, count] of Object.entries(minted)) assert.ok(count > 5, `${count} of ${route}`);
});

test('more keys than are kept prepared, and two secrets of one key, do not get mixed up', () => {
  const secrets = Array.from({ length: 50 }, (_, at) => [`key-${at % 40}`, `secret-${at}`] as const);
  const tokens = secrets.map(([key, secret]) => new AccessToken(key, secret, { identity: secret }).toJwtSync());
  for (const at of [...secrets.keys(), ...secrets.keys()]) {
    const [key, secret] = secrets[at] ?? ['', ''];
    assert.equal(new TokenVerifier(key, secret).verifySync(tokens[at] ?? '').sub, secret);
    assert.throws(() => new TokenVerifier(key, `${secret}x`).verifySync(tokens[at] ?? ''), { code: 'invalid_token' });
  }
});

/** `plain`, member by member. */
function slowly(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.isWellFormed() ? value : [[]];
  if (typeof value === 'number') return Number.isFinite(value) ? value : [[]];
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : slowly(item)));
  const isObject = typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]';
  if (!isObject || Object.keys(value).some((key) => !key.isWellFormed())) return [[]];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, slowly(member)]));
}

test('a value becomes the same JSON as member by member', () => {
  const anything = fc.anything({
    maxDepth: 4,
    key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', '1', '\ud800')),
    withNullPrototype: true,
    withDate: true,
    withMap: true,
    withBigInt: true,
    withTypedArray: true,
  });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anything), (value) => {
      assert.equal(JSON.stringify(plain(value)), JSON.stringify(slowly(value)));
    }),
    { numRuns: 500 },
  );
});
