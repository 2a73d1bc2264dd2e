/** Every optimized path of the package against the obvious one, on random input. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { afterEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { AccessToken, LivekitException, LivekitService, TokenVerifier } from 'livekit-edge';
import { authorizeAndIssue } from '../../pkg/dist/server/rbac/authorize.js';
import { parseCreateToken, parseTokenSource } from '../../pkg/dist/server/requests.js';
import { jsonText, snapshot } from '../../pkg/dist/snapshot.js';
import { utf8 } from '../../pkg/dist/utf8.js';
import { wasm } from '../../pkg/dist/wasm/instance.js';
import { character } from '../support/arbitraries.ts';
import { endpointOf, tokenInSteps } from '../support/prepared-endpoint.ts';

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

/** The result of a call, or its error. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    assert.ok(error instanceof LivekitException, `${error}`);
    return { ...error, message: error.message, body: error.body };
  }
}

/** Valid names, some of the maximum length, some with characters that JSON escapes. */
const id = fc
  .oneof(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '/', 'é', '雪', '🎤'), minLength: 1, maxLength: 40 }),
    fc.integer({ min: 250, max: 256 }).map((length) => 'x'.repeat(length)),
  )
  .filter((text) => text !== '' && text.trim() === text && Buffer.byteLength(text) <= 256);
const name = fc.option(id, { nil: undefined });
const ttl = fc.option(fc.integer({ min: 1, max: 86_400 }), { nil: undefined });

const GRANT = { roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true };

test('an issued token equals the token that is signed by hand from its claims, in every second', () => {
  freeze();
  const services = [false, true].map(
    (own) => new LivekitService({ apiKey: KEY, apiSecret: SECRET, canUpdateOwnMetadata: own, jti: own }),
  );
  let second = NOW;
  fc.assert(
    fc.property(id, id, name, ttl, fc.nat(1), fc.nat(2), (roomId, identity, name, ttl, own, later) => {
      second += later;
      mock.timers.setTime(second * 1000 + 999);
      const minted = services[own]?.generateToken({ roomId, identity, name, ttl });
      const expected = signed({
        iss: KEY,
        nbf: second,
        video: { ...GRANT, ...(own === 1 ? { canUpdateOwnMetadata: true } : {}), room: roomId },
        exp: second + (ttl ?? 3600),
        ...(own === 1 ? { jti: minted?.jti } : {}),
        sub: identity,
        name: name ?? identity,
      });
      assert.equal(minted?.token, expected);
      assert.equal(minted?.expiresAt.getTime(), (second + (ttl ?? 3600)) * 1000);
      assert.equal(typeof minted?.jti, own === 1 ? 'string' : 'undefined');
    }),
  );
});

test('a service, AccessToken and the module itself sign the same claims in the same way', () => {
  freeze();
  const config = { apiKey: KEY, apiSecret: SECRET };
  const service = new LivekitService(config);
  fc.assert(
    fc.property(id, id, name, ttl, (roomId, identity, name, ttl) => {
      const { token } = service.generateToken({ roomId, identity, name, ttl });
      const built = new AccessToken(KEY, SECRET, { identity, ttl: ttl ?? 3600, name: name ?? identity });
      built.addGrant({ ...GRANT, room: roomId });
      assert.equal(built.toJwtSync(), token);
      const request = {
        roomId,
        identity,
        ...(name === undefined ? {} : { name }),
        ...(ttl === undefined ? {} : { ttl }),
      };
      assert.equal(wasm().generateToken(request, config).token, token);
      const typed = new (wasm().LivekitService)(JSON.stringify(config));
      assert.equal(typed.generateTokenOfAny(roomId, identity, name, ttl), token);
      typed.free();
    }),
  );
});

test('the bytes of an argument are those of its string, at every length', () => {
  const text = fc.oneof(
    fc.string({ unit: character, maxLength: 100 }),
    fc
      .tuple(fc.constantFrom('x', 'é', '雪', '🎤', '\ud800'), fc.integer({ min: 1360, max: 1370 }))
      .map(([of, length]) => of.repeat(length)),
  );
  fc.assert(
    fc.property(text, text, (first, second) => {
      const bytes = Buffer.from(utf8(first));
      assert.deepEqual(bytes, Buffer.from(first.toWellFormed()));
      assert.deepEqual(Buffer.from(utf8(second)), Buffer.from(second.toWellFormed()));
    }),
  );
});

test('a token is verified in the same way with a tolerance as number and as string, at every length', () => {
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
    fc.tuple(fc.nat(good.length), fc.string({ unit: character, maxLength: 2 })).map(([at, with_]) => {
      return good.slice(0, at) + with_ + good.slice(at + 1);
    }),
    fc.string({ unit: character, maxLength: 50 }),
    fc.constantFrom('\ud800', 'é'.repeat(2048), 'x'.repeat(1365), 'x'.repeat(1366), 'x'.repeat(4097)),
  );
  const verifiers = [false, true].map((refuseFutureIat) => new TokenVerifier(KEY, SECRET, { refuseFutureIat }));
  let accepted = 0;
  fc.assert(
    fc.property(token, fc.integer({ min: 0, max: 20 }), fc.nat(1), (token, tolerance, which) => {
      const check = (tolerance: number | string) => outcome(() => verifiers[which]?.verifySync(token, tolerance));
      const result = check(tolerance);
      assert.deepEqual(result, check(`${tolerance}s`));
      if (!('status' in Object(result))) {
        // An accepted token is exactly what was signed.
        const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
        assert.deepEqual(result, payload);
        assert.equal(signed(payload).split('.')[0], token.split('.')[0]);
        accepted += 1;
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(accepted > 50, `${accepted}`);
});

/** The result of a promise, or its error. */
async function settled(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return outcome(() => {
      throw error;
    });
  }
}

test('a request has the same response in one call of the rules and in two', async () => {
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
      const endpoint = endpointOf(settings, store);
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      const read = () => (route === 'token-source' ? parseTokenSource : parseCreateToken)(bytes);
      const one = await settled(() => authorizeAndIssue({ userId: 'u' }, read(), endpoint, route));
      const two = await settled(() => tokenInSteps('u', read(), endpoint, { route }));
      assert.deepEqual(one, two);
      minted[route] += Number('token' in Object(one));
    }),
    { numRuns: 1000 },
  );
  for (const [route, count] of Object.entries(minted)) assert.ok(count > 5, `${count} of ${route}`);
});

test('many keys, and two secrets of one key, are not confused', () => {
  const secrets = Array.from({ length: 50 }, (_, at) => [`key-${at % 40}`, `secret-${at}`] as const);
  const tokens = secrets.map(([key, secret]) => new AccessToken(key, secret, { identity: secret }).toJwtSync());
  const verifiers = secrets.map(([key, secret]) => new TokenVerifier(key, secret));
  const services = secrets.map(([apiKey, apiSecret]) => new LivekitService({ apiKey, apiSecret }));
  for (const at of [...secrets.keys(), ...secrets.keys()]) {
    const [key, secret] = secrets[at] ?? ['', ''];
    assert.equal(verifiers[at]?.verifySync(tokens[at] ?? '').sub, secret);
    assert.equal(new TokenVerifier(key, secret).verifySync(tokens[at] ?? '').sub, secret);
    assert.throws(() => new TokenVerifier(key, `${secret}x`).verifySync(tokens[at] ?? ''), { code: 'invalid_token' });
    const { token = '' } = services[at]?.generateToken({ roomId: 'r', identity: secret }) ?? {};
    for (const [other, verifier] of verifiers.entries()) {
      if (other === at) assert.equal(verifier.verifySync(token).sub, secret);
      else assert.throws(() => verifier.verifySync(token), { code: 'invalid_token' });
    }
  }
});

/** True if a prototype has only methods. */
function inheritsData(object: object): boolean {
  for (let at = Object.getPrototypeOf(object); at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (Object.values(Object.getOwnPropertyDescriptors(at)).some(({ value }) => typeof value !== 'function'))
      return true;
  }
  return false;
}

/** `snapshot`, field by field. */
function slowly(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.isWellFormed() ? value : [[]];
  if (typeof value === 'number') return Number.isFinite(value) ? value : [[]];
  if (Array.isArray(value)) return value.map((item) => slowly(item) ?? null);
  const isObject = typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]';
  if (!isObject || inheritsData(value)) return [[]];
  const names = Object.getOwnPropertyNames(value);
  if (names.some((name) => !Object.prototype.propertyIsEnumerable.call(value, name) || !name.isWellFormed()))
    return [[]];
  return Object.fromEntries(names.map((name) => [name, slowly((value as Record<string, unknown>)[name])]));
}

class Fields {
  method() {}
  constructor(fields: object) {
    Object.assign(this, fields);
  }
}
class Getter extends Fields {
  get inherited() {
    return false;
  }
}

test('a value has the same JSON as field by field', () => {
  const plain = fc.anything({
    maxDepth: 4,
    key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'toJson', '1', '\ud800')),
    withNullPrototype: true,
    withDate: true,
    withMap: true,
    withBigInt: true,
    withTypedArray: true,
  });
  const made = fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), plain)
    .chain((fields) =>
      fc.constantFrom<unknown>(
        new Fields(fields),
        new Getter(fields),
        Object.create(fields),
        Object.defineProperty({ ...fields }, 'hidden', { value: false }),
        Object.defineProperty({ ...fields }, 'getter', { get: () => fields, enumerable: true }),
      ),
    );
  const anything = fc.oneof({ weight: 3, arbitrary: plain }, made);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anything), (value) => {
      const before = JSON.stringify(slowly(value));
      assert.equal(JSON.stringify(snapshot(value)), before);
      assert.equal(jsonText(value), before);
    }),
    { numRuns: 500 },
  );
});
