/** The specified module without HTTP: the specification's own test cases, then configuration, results and errors. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  generateToken,
  getConnectionInfo,
  type LivekitConfig,
  LivekitException,
  LivekitService,
  missingConfiguration,
  validateConfiguration,
} from 'livekit-edge';
import { TokenVerifier } from 'livekit-server-sdk';
import { claimsOf, decode, fullGrant, isSignedWith } from '../support/livekit-token.ts';
import { now } from '../support/user-token.ts';

const CONFIG = { apiKey: 'api-key', apiSecret: 'secret', url: 'wss://livekit.example.com' };
const REQUEST = { identity: 'user-123', roomId: 'channel-456', name: 'Alice', ttl: 3600 };
const NAMES = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL'];

describe("rows 57, 58: the specification's service tests", () => {
  test('should generate valid token with permissions', async () => {
    const service = new LivekitService(CONFIG);
    const result = await service.generateToken(REQUEST);
    assert.notEqual(result.token, undefined);
    assert.equal(result.identity, 'user-123');
    assert.equal(result.roomId, 'channel-456');
    assert.equal(result.url, 'wss://livekit.example.com');
    assert.ok(result.expiresAt instanceof Date);
    const claims = await new TokenVerifier('api-key', 'secret').verify(result.token);
    assert.deepEqual(claims.video, fullGrant('channel-456'));
  });

  test('should throw exception when credentials missing', async () => {
    const service = LivekitService.fromEnv({});
    await assert.rejects(async () => service.generateToken(REQUEST), LivekitException);
  });

  test('should return true when fully configured', () => {
    const env = { LIVEKIT_API_KEY: 'api-key', LIVEKIT_API_SECRET: 'secret', LIVEKIT_URL: 'wss://livekit.com' };
    assert.equal(LivekitService.fromEnv(env).validateConfiguration(), true);
  });

  test('should return false when configuration incomplete', () => {
    assert.equal(LivekitService.fromEnv({}).validateConfiguration(), false);
  });
});

test('rows 21-28, 32-36: the result has exactly these fields in this order, and the token has the same values', () => {
  const before = now();
  const result = generateToken({ roomId: 'room', identity: 'user' }, CONFIG);
  const { claims, header } = decode(result.token);
  assert.deepEqual(Object.keys(result), ['token', 'identity', 'roomId', 'url', 'expiresAt']);
  assert.equal(JSON.parse(JSON.stringify(result)).expiresAt, new Date(claims.exp * 1000).toISOString());
  assert.equal(header, '{"alg":"HS256","typ":"JWT"}');
  assert.ok(claims.nbf >= before && claims.nbf <= now());
  const expected = { iss: 'api-key', sub: 'user', exp: claims.nbf + 3600, nbf: claims.nbf, name: 'user' };
  assert.deepEqual(claims, { ...expected, video: fullGrant('room') });
  assert.ok(isSignedWith(result.token, 'secret'));
});

test('rows 35, 37: without a URL there is no field url', () => {
  for (const url of [undefined, '', ' ']) {
    const config = { apiKey: 'k', apiSecret: 's', ...(url === undefined ? {} : { url }) };
    assert.ok(!('url' in generateToken(REQUEST, config)));
    assert.deepEqual(getConnectionInfo(config), {});
    assert.deepEqual(new LivekitService(config).getConnectionInfo(), {});
  }
  assert.deepEqual(getConnectionInfo(CONFIG), { url: CONFIG.url });
});

test('rows 40, 48: missing settings are listed in the order key, secret, URL', () => {
  const properties = ['apiKey', 'apiSecret', 'url'] as const;
  for (let set = 0; set < 8; set++) {
    const missing = NAMES.filter((_, at) => set & (1 << at));
    for (const value of [undefined, null, '', ' \t', 7, {}]) {
      const changes = properties.filter((_, at) => set & (1 << at)).map((property) => [property, value]);
      const config = { ...CONFIG, ...Object.fromEntries(changes) };
      assert.deepEqual(missingConfiguration(config), missing);
      assert.equal(validateConfiguration(config), missing.length === 0);
      const service = new LivekitService(config);
      service.missingConfiguration().push('x');
      assert.deepEqual(service.missingConfiguration(), missing);
    }
  }
});

test('rows 41, 42: without credentials the exception says so', () => {
  for (const config of [{}, { apiKey: 'k' }, { apiSecret: 's' }, { apiKey: ' ', apiSecret: 's' }]) {
    assert.throws(
      () => generateToken(REQUEST, config as LivekitConfig),
      (error: LivekitException) => {
        assert.ok(error instanceof LivekitException && error instanceof Error);
        assert.deepEqual([error.message, error.status], ['LiveKit credentials not configured', 500]);
        assert.equal(error.code, 'not_configured');
        assert.equal(JSON.stringify(error.body), '{"statusCode":500,"message":"LiveKit credentials not configured"}');
        return true;
      },
    );
  }
});

test('row 41: LivekitException(message, status = 500)', () => {
  const error = new LivekitException('It broke');
  assert.deepEqual([error.message, error.status, error.name], ['It broke', 500, 'LivekitException']);
  assert.equal(`${error}`, 'LivekitException: It broke');
  assert.equal(JSON.stringify(error.body), '{"statusCode":500,"message":"It broke"}');
  const violations = ['a', 'b'];
  const detailed = new LivekitException('a, b', 400, {
    code: 'forbidden',
    violations,
    error: 'Bad Request',
    reason: 'r',
  });
  violations.push('x');
  assert.equal(JSON.stringify(detailed.body), '{"statusCode":400,"message":["a","b"],"error":"Bad Request"}');
  assert.deepEqual([detailed.code, detailed.reason, detailed.violations], ['forbidden', 'r', ['a', 'b']]);
  assert.throws(() => (detailed.violations as string[]).push('x'), TypeError);
});

test('rows 12-15, 19: invalid fields are listed, with identity required if there is no authenticated caller', () => {
  const broken = (request: object) => {
    try {
      generateToken(request as typeof REQUEST, CONFIG);
    } catch (error) {
      assert.ok(error instanceof LivekitException && error.status === 400 && error.code === 'invalid_request');
      assert.equal(error.message, error.violations.join(', '));
      return error.violations;
    }
    return [];
  };
  const empty = ['identity should not be empty', 'identity must be a string'];
  assert.deepEqual(broken({}), [...empty, 'roomId should not be empty', 'roomId must be a string']);
  assert.deepEqual(broken({ roomId: 'r', identity: '' }), ['identity should not be empty']);
  assert.deepEqual(broken({ roomId: 'r', identity: 'i', name: null, ttl: null }), []);
  const number = 'ttl must be a number conforming to the specified constraints';
  for (const [ttl, rules] of [
    [0.5, ['ttl must not be less than 1']],
    [Number.NaN, ['ttl must not be less than 1', number]],
    [Number.POSITIVE_INFINITY, [number]],
    [Number.NEGATIVE_INFINITY, ['ttl must not be less than 1', number]],
    [2 ** 53, ['ttl must not be greater than 86400']],
    ['60', ['ttl must not be less than 1', number]],
  ] as const) {
    assert.deepEqual(broken({ roomId: 'r', identity: 'i', ttl }), rules, `${ttl}`);
  }
});

test('rows 15, 18, 52; W3: the TTL is ttl, else tokenTtl, else 3600, at most maxTtl', () => {
  const life = (config: object, ttl?: number) => {
    const request = { roomId: 'r', identity: 'i', ...(ttl === undefined ? {} : { ttl }) };
    const { token, expiresAt } = generateToken(request, { ...CONFIG, ...config });
    const { exp, nbf } = claimsOf(token);
    assert.equal(expiresAt.getTime(), exp * 1000);
    return exp - nbf;
  };
  assert.deepEqual([life({}), life({}, 7200), life({}, 1.9), life({ tokenTtl: 60 })], [3600, 7200, 1, 60]);
  assert.deepEqual([life({ tokenTtl: 60 }, 90), life({ maxTtl: 50 }), life({ tokenTtl: 9e9 })], [90, 50, 86_400]);
  for (const tokenTtl of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '', 'x', null, {}, true]) {
    assert.equal(life({ tokenTtl }), 3600, `${tokenTtl}`);
  }
  assert.throws(() => life({ maxTtl: 50 }, 51), /ttl must not be greater than 50/);
});

test('W2: other settings have the same meaning in code as in an environment', () => {
  const { jti, token } = generateToken(REQUEST, { ...CONFIG, jti: true, canUpdateOwnMetadata: true });
  assert.match(jti ?? '', /^[\w-]{22}$/);
  assert.equal(claimsOf(token).jti, jti);
  assert.equal(claimsOf(token).video.canUpdateOwnMetadata, true);
  const env = { LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 's', LIVEKIT_TOKEN_TTL: '60', LIVEKIT_TOKEN_JTI: '1' };
  const minted = LivekitService.fromEnv(env).generateToken({ roomId: 'r', identity: 'i' });
  assert.deepEqual(
    [claimsOf(minted.token).jti, claimsOf(minted.token).exp - claimsOf(minted.token).nbf],
    [minted.jti, 60],
  );
});
