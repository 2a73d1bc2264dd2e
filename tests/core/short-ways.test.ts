/** Every short way through the package against the long one, on random input. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { afterEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { AccessToken, LivekitException, LivekitService, TokenVerifier } from 'livekit-edge';
import { plain } from '../../pkg/dist/plain.js';

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
        video: { ...grants, ...(own === 1 ? { canUpdateOwnMetadata: true } : {}), room: roomId },
        exp: NOW + (ttl ?? 3600),
        nbf: NOW,
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
