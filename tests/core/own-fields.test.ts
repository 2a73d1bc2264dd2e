/** No token contains what the caller did not set, and what the caller denied is denied or refused, never lost. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  AccessToken,
  generateToken,
  LivekitException,
  LivekitService,
  TokenVerifier,
  type VideoGrant,
  validateClaims,
} from 'livekit-edge';
import type { FactsRow } from 'livekit-edge/server';
import { authorizeAndIssue } from '../../pkg/dist/server/rbac/authorize.js';
import { parseCreateToken } from '../../pkg/dist/server/requests.js';
import { claimsOf, KEY, now, refusedClaim, SECRET, sign, untyped } from '../sdk/support.ts';
import { endpointOf, tokenInSteps } from '../support/prepared-endpoint.ts';

const CONFIG = { apiKey: KEY, apiSecret: SECRET };
const JOIN: VideoGrant = { roomJoin: true, room: 'lobby' };
const RIGHTS = ['roomAdmin', 'roomCreate', 'roomList', 'roomRecord', 'ingressAdmin', 'hidden', 'recorder', 'agent'];
const PERMISSIONS = ['canPublish', 'canSubscribe', 'canPublishData', 'canUpdateOwnMetadata', 'canSubscribeMetrics'];

/** Runs with inherited properties on every object. */
async function polluted<T>(properties: PropertyDescriptorMap, run: () => T | Promise<T>): Promise<T> {
  for (const [name, property] of Object.entries(properties)) {
    // biome-ignore lint/suspicious/noExplicitAny: the prototype is made to have them
    Object.defineProperty(Object.prototype, name, { configurable: true, ...property } as any);
  }
  try {
    return await run();
  } finally {
    for (const name of Object.keys(properties)) delete (Object.prototype as Record<string, unknown>)[name];
  }
}

const USER: FactsRow = untyped({
  userId: 'alice',
  role: 'USER',
  banned: 0,
  tokenRevoked: 0,
  channelId: 'lobby',
  isPrivate: 0,
  isMember: 0,
  groupId: null,
  actions: ['JOIN_CHANNEL'],
  banActive: null,
  banEnds: null,
  timeoutEnds: null,
  identityIsUser: 0,
});
const SETTINGS = { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, LIVEKIT_GRANTS: 'role', LOG_LEVEL: 'error' };

/** Requests a token of the endpoint, in one call of the rules or with the application's own grants. */
async function tokenOfEndpoint(row: unknown = USER, own?: unknown): Promise<string> {
  const endpoint = endpointOf(SETTINGS, untyped({ facts: async () => row }));
  const request = parseCreateToken(new TextEncoder().encode('{"roomId":"lobby"}'));
  const caller = { userId: 'alice' };
  if (own === undefined) return (await authorizeAndIssue(caller, request, endpoint, 'token')).token;
  return (await tokenInSteps('alice', request, endpoint, { grants: () => untyped(own) })).token;
}

/** A token of each way to issue one, by name. */
const WAYS: Record<string, () => string | Promise<string>> = {
  generateToken: () => generateToken({ roomId: 'lobby', identity: 'alice' }, CONFIG).token,
  LivekitService: () => new LivekitService(CONFIG).generateToken({ roomId: 'lobby', identity: 'alice' }).token,
  'LivekitService.fromEnv': () =>
    LivekitService.fromEnv({ LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET }).generateToken({
      roomId: 'lobby',
      identity: 'alice',
    }).token,
  AccessToken: () => new AccessToken(KEY, SECRET, { identity: 'alice' }).toJwtSync(),
  'AccessToken without options': () => new AccessToken(KEY, SECRET).toJwtSync(),
  'AccessToken with grants': () => {
    const token = new AccessToken(KEY, SECRET, { identity: 'alice' });
    token.addGrant(JOIN);
    token.addGrant({ canPublish: false });
    token.addSIPGrant({});
    return token.toJwtSync();
  },
  'AccessToken with a room configuration': () => {
    const token = new AccessToken(KEY, SECRET);
    token.roomConfig = { agents: [{ agentName: 'a' }], egress: { tracks: { filepath: 'x' } } };
    return token.toJwtSync();
  },
  endpoint: () => tokenOfEndpoint(),
  'endpoint with an own table of grants': () => tokenOfEndpoint(USER, { canPublish: true }),
};

/** Claims without the times, which change. */
function claims(token: string): object {
  const { iat: _, nbf = 0, exp = 0, ...rest } = claimsOf(token);
  return { ...rest, ttl: exp - nbf };
}

const value = (value: unknown, enumerable = true): PropertyDescriptor => ({ value, enumerable, writable: true });
const everything = Object.fromEntries([...RIGHTS, ...PERMISSIONS].map((name) => [name, true]));

const POLLUTION: Record<string, PropertyDescriptorMap> = {
  grants: {
    video: value({ ...everything, room: 'lobby', roomJoin: true }),
    sip: value({ admin: true }),
    agent: value({ dispatchAdmin: true }),
    inference: value({ perform: true }),
    observability: value({ write: true }),
  },
  'grants that cannot be replaced': { video: { value: everything }, sip: { value: { admin: true } } },
  rights: Object.fromEntries(RIGHTS.map((name) => [name, value(true)])),
  permissions: Object.fromEntries(PERMISSIONS.map((name) => [name, value(true)])),
  denials: Object.fromEntries(PERMISSIONS.map((name) => [name, value(false)])),
  'a room': { room: value('secret'), roomId: value('secret'), destinationRoom: value('secret') },
  'an identity': { identity: value('owner'), sub: value('owner'), userId: value('owner'), name: value('Owner') },
  claims: {
    metadata: value('m'),
    attributes: value({ a: 'b' }),
    kind: value('agent'),
    kindDetails: value(['cloud_agent']),
    sha256: value('x'),
    roomPreset: value('x'),
    roomConfig: value({ name: 'x' }),
    jti: value(true),
    iss: value('other'),
  },
  options: { ttl: value('100y'), allowSensitiveCredentials: value(true) },
  configuration: {
    tokenTtl: value(86_399),
    maxTtl: value(99_999),
    url: value('wss://evil.example'),
    apiKey: value('evil'),
    apiSecret: value('evil'),
    canUpdateOwnMetadata: value(true),
    jti: value(true),
  },
  settings: {
    LIVEKIT_TOKEN_TTL: value('86399'),
    LIVEKIT_CAN_UPDATE_OWN_METADATA: value('true'),
    LIVEKIT_TOKEN_JTI: value('true'),
    LIVEKIT_IDENTITY_POLICY: value('any'),
    JWT_SECRET: value('evil'),
  },
  facts: { role: value('OWNER'), isOwner: value(true), actions: value(['MUTE_PARTICIPANT']), grant: value(everything) },
  toJSON: { toJSON: value(() => ({ video: everything, sub: 'owner' })) },
  'toJSON of claims': {
    toJSON: value(function (this: object) {
      return 'claims' in this ? { claims: { video: everything, sub: 'owner' }, ttl: 1 } : this;
    }),
  },
  toJson: { toJson: value(() => ({ ...everything, room: 'lobby' })) },
};

/** Accessors that ignore assignments. */
const ACCESSORS = Object.fromEntries(
  ['video', 'canPublish', 'roomAdmin', 'ttl', 'identity', 'claims'].map((name) => [
    name,
    { enumerable: true, get: () => (name === 'video' ? everything : true), set: () => {} },
  ]),
);

suite('an inherited property is in no token', () => {
  for (const [what, properties] of Object.entries(POLLUTION)) {
    for (const [way, make] of Object.entries(WAYS)) {
      test(`${what}: ${way}`, async () => {
        const expected = claims(await make());
        const token = await polluted(properties, make);
        assert.deepEqual(claims(token), expected);
        for (const enumerable of [true, false]) {
          const hidden = Object.entries(properties).map(([name, property]) => [name, { ...property, enumerable }]);
          assert.deepEqual(claims(await polluted(Object.fromEntries(hidden), make)), expected);
        }
      });
    }
  }

  for (const [way, make] of Object.entries(WAYS)) {
    test(`accessors: ${way}, or no token is issued`, async () => {
      const expected = claims(await make());
      const token = await polluted(ACCESSORS, async () => {
        try {
          return await make();
        } catch (error) {
          return error;
        }
      });
      if (typeof token === 'string') assert.deepEqual(claims(token), expected);
      else assert.ok(token instanceof LivekitException);
    });
  }

  test('toJSON on the prototype of arrays changes nothing', async () => {
    const make = () => {
      const token = new AccessToken(KEY, SECRET, { identity: 'alice' });
      token.addGrant({ ...JOIN, canPublishSources: ['camera'] });
      return token.toJwtSync();
    };
    const expected = claims(make());
    Object.defineProperty(Array.prototype, 'toJSON', { configurable: true, value: () => ['microphone'] });
    let token = '';
    try {
      token = make();
    } finally {
      delete (Array.prototype as { toJSON?: unknown }).toJSON;
    }
    assert.deepEqual(claims(token), expected);
  });

  test('an inherited property does not verify a token, skip a check or hide an error', async () => {
    const future = sign(JSON.stringify({ iss: KEY, exp: now() + 60, iat: now() + 3600 }));
    const wrong = { video: { roomJoin: 'true' } };
    const expected = validateClaims(wrong);
    assert.equal(expected.length > 0, true);
    for (const properties of Object.values(POLLUTION)) {
      await polluted({ ...properties, refuseFutureIat: value(true) }, () => {
        assert.equal(new TokenVerifier(KEY, SECRET).verifySync(future).iss, KEY);
        assert.equal(new TokenVerifier(KEY, SECRET, {}).verifySync(future).iss, KEY);
      });
      const refused = await polluted({ ...properties, refuseFutureIat: value(false) }, () => {
        try {
          return new TokenVerifier(KEY, SECRET, { refuseFutureIat: true }).verifySync(future);
        } catch (error) {
          return (error as { reason: string }).reason;
        }
      });
      assert.equal(refused, 'not_yet_valid');
      assert.deepEqual(await polluted(properties, () => validateClaims(wrong)), expected);
    }
  });

  test('an inherited property is not an identity provider, or a URL to connect to', async () => {
    await polluted({ jwksUrl: value('https://evil.example/jwks'), url: value('wss://evil.example') }, () => {
      assert.equal(endpointOf(SETTINGS, untyped({})).jwks, undefined);
      assert.deepEqual(new LivekitService(CONFIG).getConnectionInfo(), {});
      assert.equal(new LivekitService(CONFIG).validateConfiguration(), false);
    });
  });
});

class ByGetter {
  roomJoin = true;
  room = 'lobby';
  get canPublish() {
    return false;
  }
}
class Base {}
Object.defineProperty(Base.prototype, 'canPublish', { value: false, enumerable: true });
class ByPrototype extends Base {
  roomJoin = true;
  room = 'lobby';
}

/** Grants that deny publishing in a way that a copy of own enumerable properties would lose. */
const LOST: Record<string, () => object> = {
  'a getter of its class': () => new ByGetter(),
  'a field of its prototype': () => new ByPrototype(),
  'its prototype object': () => Object.assign(Object.create({ canPublish: false }), JOIN),
  'an accessor of its prototype object': () =>
    Object.assign(
      Object.create({
        get canPublish() {
          return false;
        },
      }),
      JOIN,
    ),
  'a field that is not enumerable': () => Object.defineProperty({ ...JOIN }, 'canPublish', { value: false }),
  'a getter that is not enumerable': () => Object.defineProperty({ ...JOIN }, 'canPublish', { get: () => false }),
};

/** Grants that deny publishing in a way that is respected. */
const READ: Record<string, () => object> = {
  'a field': () => ({ ...JOIN, canPublish: false }),
  'an own getter': () => ({
    ...JOIN,
    get canPublish() {
      return false;
    },
  }),
  'a field of an object without a prototype': () => Object.assign(Object.create(null), JOIN, { canPublish: false }),
  'a field of an instance with methods': () => {
    class Grant {
      roomJoin = true;
      room = 'lobby';
      canPublish = false;
      deny() {}
    }
    return new Grant();
  },
  'a message': () => ({ toJson: () => ({ ...JOIN, canPublish: false }) }),
  'a Proxy': () => new Proxy({ ...JOIN, canPublish: false }, {}),
};

suite('a denial is not lost', () => {
  for (const [how, make] of Object.entries(LOST)) {
    test(`by ${how}: refused`, async () => {
      const token = new AccessToken(KEY, SECRET, { identity: 'alice' });
      token.addGrant(make());
      assert.throws(() => token.toJwtSync(), refusedClaim('video must be an object', 'video'));
      token.addGrant({ canSubscribe: true });
      assert.throws(() => token.toJwtSync(), refusedClaim('video must be an object', 'video'));

      const later = new AccessToken(KEY, SECRET, { identity: 'alice' });
      later.addGrant({ canSubscribe: true });
      later.addGrant(make());
      assert.throws(() => later.toJwtSync(), refusedClaim('video must be an object', 'video'));

      assert.deepEqual(
        validateClaims(untyped({ video: make() })).map(({ path }) => path),
        ['video'],
      );
      await assert.rejects(tokenOfEndpoint(USER, make()), { status: 500, code: 'grant_refused' });
    });
  }

  for (const [how, make] of Object.entries(READ)) {
    test(`by ${how}: written`, async () => {
      const token = new AccessToken(KEY, SECRET, { identity: 'alice' });
      token.addGrant(make());
      token.addGrant(untyped({ canPublish: null, canSubscribe: undefined }));
      assert.deepEqual(claimsOf(token.toJwtSync()).video, { ...JOIN, canPublish: false });
      assert.deepEqual(validateClaims(untyped({ sub: 'alice', video: make() })), []);
      assert.equal(claimsOf(await tokenOfEndpoint(USER, make())).video?.canPublish, false);
    });
  }

  test('by a getter that adds a grant itself: written', () => {
    const token = new AccessToken(KEY, SECRET, { identity: 'alice' });
    token.addGrant({
      ...JOIN,
      get canSubscribe() {
        token.addGrant({ canPublish: false });
        return true;
      },
    });
    assert.deepEqual(claimsOf(token.toJwtSync()).video, { ...JOIN, canPublish: false, canSubscribe: true });
  });

  test('limits of options and configurations with getters or a class are not lost', () => {
    class Options {
      identity = 'alice';
      get ttl() {
        return 60;
      }
      get refuseFutureIat() {
        return true;
      }
    }
    assert.deepEqual(claims(new AccessToken(KEY, SECRET, new Options()).toJwtSync()), {
      iss: KEY,
      sub: 'alice',
      ttl: 60,
    });
    const future = sign(JSON.stringify({ iss: KEY, exp: now() + 60, iat: now() + 3600 }));
    assert.throws(() => new TokenVerifier(KEY, SECRET, new Options()).verifySync(future), { reason: 'not_yet_valid' });
    class Config {
      apiKey = KEY;
      apiSecret = SECRET;
      get maxTtl() {
        return 60;
      }
    }
    class Request {
      roomId = 'lobby';
      identity = 'alice';
      get ttl() {
        return 30;
      }
    }
    const service = new LivekitService(new Config());
    assert.deepEqual(service.generateToken(new Request()).roomId, 'lobby');
    assert.equal((claims(service.generateToken(new Request()).token) as { ttl: number }).ttl, 30);
    assert.throws(() => service.generateToken({ roomId: 'lobby', identity: 'alice', ttl: 61 }), { status: 400 });
  });

  test('an error of a getter of options is the cause of the exception', () => {
    const cause = new Error('of the caller');
    const options = {
      get ttl(): number {
        throw cause;
      },
      get refuseFutureIat(): boolean {
        throw cause;
      },
    };
    const expected = { name: 'LivekitException', status: 400, code: 'invalid_claim', cause };
    assert.throws(() => new AccessToken(KEY, SECRET, options), expected);
    assert.throws(() => new TokenVerifier(KEY, SECRET, options), expected);
  });

  test('a denial in a row of the store is not lost', async () => {
    class Row {}
    for (const name of ['banned', 'tokenRevoked', 'timeoutEnds']) {
      const { [name as 'banned']: _, ...rest } = USER;
      Object.defineProperty(Row.prototype, name, { configurable: true, get: () => 1 });
      const inherits = Object.assign(new Row(), rest);
      const hides = Object.defineProperty({ ...rest }, name, { value: 1 });
      for (const row of [inherits, hides]) {
        await assert.rejects(tokenOfEndpoint(row), ({ status }: { status: number }) => status >= 500);
      }
      delete (Row.prototype as Record<string, unknown>)[name];
    }
  });
});
