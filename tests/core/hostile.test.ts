/** Values that no correct program passes: nothing leaks, nothing crashes, and the next valid call works. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  type CreateTokenRequest,
  generateToken,
  getConnectionInfo,
  type LivekitConfig,
  LivekitException,
  LivekitService,
  missingConfiguration,
  validateConfiguration,
} from 'livekit-edge';
import { claimsOf, fullGrant, isSignedWith } from '../support/livekit-token.ts';

const CONFIG = { apiKey: 'api-key', apiSecret: 'hunter2', url: 'wss://livekit.example.com' };
const REQUEST = { roomId: 'room', identity: 'user' };
const HUGE = 'x'.repeat(10_000_000);

afterEach(() => {
  assert.equal(claimsOf(generateToken(REQUEST, CONFIG).token).sub, 'user', 'a valid call afterwards');
});

const mint = (request: unknown, config: unknown = CONFIG) =>
  generateToken(request as CreateTokenRequest, config as LivekitConfig);

/** The errors of a request. */
function broken(request: unknown): readonly string[] {
  try {
    mint(request);
  } catch (error) {
    assert.ok(error instanceof LivekitException, `${error}`);
    assert.equal(error.status, 400);
    return error.violations;
  }
  return [];
}

const throwing = new Proxy({}, { get: () => assert.fail('a trap'), ownKeys: () => assert.fail('a trap') });
const revoked = Proxy.revocable({}, {});
revoked.revoke();

test('row 40: validateConfiguration never throws', () => {
  const getter = {
    ...CONFIG,
    get url(): string {
      throw new Error('no');
    },
  };
  const nothings = [
    null,
    undefined,
    0,
    1,
    '',
    'x',
    true,
    1n,
    Symbol('x'),
    () => CONFIG,
    [],
    new Map(),
    Object.create(null),
  ];
  const texts = [
    new String('api-key'),
    ['api-key'],
    { toString: () => 'api-key' },
    7,
    7n,
    Symbol('x'),
    () => 'api-key',
    true,
  ];
  for (const config of [
    ...nothings,
    throwing,
    revoked.proxy,
    getter,
    ...texts.map((apiKey) => ({ ...CONFIG, apiKey })),
    ...texts.map((apiSecret) => ({ ...CONFIG, apiSecret })),
    ...texts.map((url) => ({ ...CONFIG, url })),
  ]) {
    assert.equal(validateConfiguration(config as LivekitConfig), false);
  }
  const odd = [Object.freeze({ ...CONFIG }), Object.assign(Object.create(null), CONFIG), new Proxy(CONFIG, {})];
  for (const config of odd) assert.equal(validateConfiguration(config), true);
  assert.deepEqual(missingConfiguration(null as unknown as LivekitConfig), [
    'LIVEKIT_API_KEY',
    'LIVEKIT_API_SECRET',
    'LIVEKIT_URL',
  ]);
  assert.deepEqual(getConnectionInfo(undefined as unknown as LivekitConfig), {});
});

test('W6: fields that are not strings are refused, and not converted to strings', () => {
  const never = { toString: () => assert.fail('toString'), valueOf: () => assert.fail('valueOf') };
  for (const value of [
    1,
    true,
    1n,
    Symbol('x'),
    () => 'x',
    ['room'],
    new String('room'),
    never,
    new Date(),
    throwing,
  ]) {
    assert.deepEqual(broken({ ...REQUEST, roomId: value }), ['roomId must be a string']);
    assert.deepEqual(broken({ ...REQUEST, identity: value }), ['identity must be a string']);
    assert.deepEqual(broken({ ...REQUEST, name: value }), ['name must be a string']);
    if (typeof value === 'number') continue;
    const number = 'ttl must be a number conforming to the specified constraints';
    assert.deepEqual(broken({ ...REQUEST, ttl: value }), ['ttl must not be less than 1', number]);
  }
  for (const request of [null, undefined, 1, 'room', Symbol('x'), [], () => REQUEST]) {
    assert.deepEqual(broken(request).slice(0, 2), ['identity should not be empty', 'identity must be a string']);
  }
});

test('W9: lone surrogates are refused in every field of a request', () => {
  for (const text of ['\ud800', 'a\udfff', '\udc00\ud800', `${'x'.repeat(200)}\ud83c`]) {
    for (const field of ['roomId', 'identity', 'name']) {
      assert.deepEqual(broken({ ...REQUEST, [field]: text }), [`${field} must be well-formed Unicode`]);
    }
  }
  const { token } = mint(REQUEST, { ...CONFIG, apiKey: 'k\ud800', url: 'wss://\ud800' });
  assert.equal(claimsOf(token).iss, 'k\ufffd');
});

test('W9: ten megabytes in any field are refused quickly', () => {
  const started = process.cpuUsage();
  for (const huge of [HUGE, '🎤'.repeat(2_500_000), `${'x'.repeat(1023)}🎤${HUGE}`, `${HUGE}\ud800`]) {
    for (const field of ['roomId', 'identity', 'name']) {
      assert.deepEqual(broken({ ...REQUEST, [field]: huge }), [`${field} must not be longer than 256 bytes`]);
    }
  }
  assert.deepEqual(broken({ ...REQUEST, roomId: ' '.repeat(10_000_000) }), ['roomId should not be empty']);
  const { user } = process.cpuUsage(started);
  assert.ok(user < 1_000_000, `${user} µs of CPU time`);
});

test('ten megabytes of configuration are an error, not a crash', () => {
  for (const property of ['apiKey', 'apiSecret', 'url']) {
    const config = { ...CONFIG, [property]: HUGE };
    validateConfiguration(config);
    assert.throws(() => mint(REQUEST, config), LivekitException);
  }
  const { token } = mint(REQUEST, { ...CONFIG, apiSecret: 'x'.repeat(10_000) });
  assert.ok(isSignedWith(token, 'x'.repeat(10_000)));
});

test('keys like __proto__ change no object and no claim', () => {
  for (const json of [
    '{"roomId":"room","identity":"user","__proto__":{"identity":"evil","video":{"roomAdmin":true}}}',
    '{"roomId":"room","identity":"user","constructor":{"prototype":{"evil":1}},"video":{"roomAdmin":true},"Sub":"x"}',
  ]) {
    const { token, ...result } = mint(JSON.parse(json), { ...CONFIG, ...JSON.parse('{"__proto__":{"jti":true}}') });
    assert.deepEqual(Object.keys(claimsOf(token)), ['iss', 'nbf', 'video', 'exp', 'sub', 'name']);
    assert.deepEqual(claimsOf(token).video, fullGrant('room'));
    assert.deepEqual([result.identity, 'evil' in {}, 'jti' in {}], ['user', false, false]);
  }
});

test('each getter is read once; its error is the cause of the exception, and it may call the library', () => {
  let reads = 0;
  const counted = {
    identity: 'user',
    get roomId() {
      reads += 1;
      return reads === 1 ? 'room' : 'channel-private-1';
    },
  };
  const result = mint(counted);
  assert.deepEqual([result.roomId, claimsOf(result.token).video.room, reads], ['room', 'room', 1]);

  const error = new Error('of the caller');
  const failing = {
    identity: 'user',
    get roomId(): string {
      throw error;
    },
  };
  assert.throws(() => mint(failing), {
    name: 'LivekitException',
    status: 400,
    code: 'invalid_request',
    message: 'The request could not be read',
    cause: error,
  });
  assert.throws(
    () =>
      mint(REQUEST, {
        ...CONFIG,
        get apiKey() {
          throw error;
        },
      }),
    {
      name: 'LivekitException',
      status: 500,
      code: 'not_configured',
      message: 'The configuration could not be read',
      cause: error,
    },
  );

  const service = new LivekitService(CONFIG);
  const nested = {
    roomId: 'outer',
    get identity() {
      return service.generateToken({ roomId: 'inner', identity: 'inner-user' }).identity;
    },
  };
  assert.deepEqual(claimsOf(service.generateToken(nested).token).video, fullGrant('outer'));
  assert.equal(service.generateToken(nested).identity, 'inner-user');
});

test('randomness of the application may call the service', (t) => {
  const service = new LivekitService({ ...CONFIG, jti: true });
  const real = crypto.getRandomValues.bind(crypto);
  let inner: string | undefined;
  t.mock.method(crypto, 'getRandomValues', (bytes: Uint8Array<ArrayBuffer>) => {
    if (inner === undefined) {
      inner = '';
      inner = service.generateToken({ roomId: 'inner', identity: 'inner-user' }).jti;
    }
    return real(bytes);
  });
  const { token, jti } = service.generateToken(REQUEST);
  assert.equal(claimsOf(token).jti, jti);
  assert.ok(inner !== undefined && inner !== jti);
  assert.deepEqual(claimsOf(token).video, fullGrant('room'));
});
