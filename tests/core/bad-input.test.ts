/**
 * Every public call with arguments that no correct program passes: a named error or the valid result, never an error of
 * wasm-bindgen, never a trap, never a token with other claims; and the next valid call works.
 */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import {
  AccessToken,
  generateToken,
  getConnectionInfo,
  LivekitException,
  LivekitService,
  missingConfiguration,
  TokenVerifier,
  validateClaims,
  validateConfiguration,
  WebhookReceiver,
} from 'livekit-edge';
import { preparedCache } from '../../pkg/dist/server/endpoint.js';
import { parseCreateToken, parseMuteParticipant, parseTokenSource } from '../../pkg/dist/server/requests.js';
import { claimsOf, fullGrant, isSignedWith } from '../support/livekit-token.ts';

const KEY = 'api-key';
const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const CONFIG = { apiKey: KEY, apiSecret: SECRET, url: 'wss://livekit.example.com' };
const REQUEST = { roomId: 'room', identity: 'user' };
const untyped = (value: unknown) => value as never;

let instances = 0;
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, args) {
    instances += 1;
    return new target(...(args as [WebAssembly.Module]));
  },
});

const kept = new LivekitService(CONFIG);
const verifier = new TokenVerifier(KEY, SECRET);
const someToken = kept.generateToken(REQUEST).token;

afterEach(() => {
  const { token } = kept.generateToken(REQUEST);
  assert.ok(isSignedWith(token, SECRET));
  assert.deepEqual([claimsOf(token).sub, claimsOf(token).video], ['user', fullGrant('room')]);
  assert.equal(verifier.verifySync(token).sub, 'user');
  assert.equal(instances, 1, 'the module trapped');
});

/** The result of a call, or `undefined` for a named error of the caller. */
async function named<T>(what: string, call: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await call();
  } catch (error) {
    assert.ok(error instanceof LivekitException, `${what}: ${error}`);
    assert.notEqual(error.code, 'internal', what);
    assert.doesNotMatch(error.message, /hunter2/, what);
    return undefined;
  }
}

const fail = (): never => {
  throw new Error('password=hunter2');
};
const throwing: object = new Proxy(
  {},
  { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail },
);
const revokedOf = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;
/** An array with a wrong length. */
const lying = (length: unknown) =>
  new Proxy(['camera'], { get: (target, name) => (name === 'length' ? length : Reflect.get(target, name)) });
/** A getter that returns another value each time. */
const changing = (name: string, ...answers: unknown[]) => {
  let reads = 0;
  return Object.defineProperty({}, name, { enumerable: true, get: () => answers[reads++ % answers.length] });
};
/** The longest string. V8 stores it as a tree of parts (a rope), and reading one character needs half a gigabyte. */
const LONGEST = 'x'.repeat(2 ** 29 - 24);

/** Values that are invalid everywhere. None is a `string`, `number` or `boolean` in the range of a field. */
const BAD: Record<string, unknown> = {
  'a lone surrogate': '\ud800',
  'a lone surrogate at the end': 'room\udc00',
  'two in the wrong order': '\udc00\ud800',
  'a string of 8 MiB': 'x'.repeat(8 * 1024 * 1024),
  'the longest string': LONGEST,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  'a negative number': -1,
  'a large number': 1e300,
  'a symbol': Symbol('hunter2'),
  'a function': () => 'room',
  'a bigint': 1n,
  'a cyclic object': cyclic,
  'an array of a cyclic object': [cyclic],
  'a getter that throws': {
    get room() {
      return fail();
    },
  },
  'a proxy that throws': throwing,
  'a revoked proxy': revokedOf({}),
  'a revoked proxy of an array': revokedOf([]),
  'a revoked proxy of a function': revokedOf(() => undefined),
  'toJson that throws': { toJson: fail },
  'toJson that returns a cyclic object': { toJson: () => cyclic },
  'toJSON that throws': { toJSON: fail },
  'toString that throws': { toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail },
  'an array with the length 2^32 - 1': lying(2 ** 32 - 1),
  'an array with the length Infinity': lying(Number.POSITIVE_INFINITY),
  'an array with the length -1': lying(-1),
  'an array with a symbol as length': lying(Symbol('length')),
  'an array with a bigint as length': lying(10n ** 30n),
  'a sparse array': Array(1e8),
  'its own prototype': JSON.parse('{"__proto__":{"room":"other","roomAdmin":true}}'),
  'another prototype': Object.create({ room: 'other', roomAdmin: true }),
  'a date': new Date(Number.NaN),
  'a map': new Map([['room', 'other']]),
  bytes: new Uint8Array(8),
  'a String object': new String('room'),
  'the global object': globalThis,
};
const BAD_VALUES = Object.entries(BAD);

/** Invalid values of a whole argument. */
const BAD_ARGUMENTS = [
  ...BAD_VALUES,
  ['a million fields', Object.fromEntries(Array.from({ length: 1_000_000 }, (_, at) => [`k${at}`, 'v']))],
  ['undefined', undefined],
  ['null', null],
] as const;

/** Calls with a valid object in which one field after another is invalid. */
async function eachField<T extends object>(
  good: T,
  call: (value: T) => unknown,
  accept: (field: string, result: unknown, what: string) => void,
) {
  for (const field of Object.keys(good)) {
    for (const [what, value] of BAD_VALUES) {
      const result = await named(`${field}: ${what}`, () => call({ ...good, [field]: value }));
      if (result !== undefined) accept(field, result, `${field}: ${what}`);
    }
  }
}

const refuseAll = (_: string, __: unknown, what: string) => assert.fail(`${what} was accepted`);

describe('generateToken and LivekitService', () => {
  test('a request of a wrong type is an error', async () => {
    for (const [what, request] of BAD_ARGUMENTS) {
      assert.equal(await named(what, () => kept.generateToken(untyped(request))), undefined, what);
      assert.equal(await named(what, () => generateToken(untyped(request), CONFIG)), undefined, what);
    }
  });

  test('invalid fields are errors', async () => {
    const request = { ...REQUEST, name: 'name', ttl: 60 };
    await eachField(request, (bad) => kept.generateToken(untyped(bad)), refuseAll);
    await eachField(request, (bad) => generateToken(untyped(bad), CONFIG), refuseAll);
  });

  test('a configuration of a wrong type, or with invalid properties, is an error', async () => {
    const uses: ((config: never) => unknown)[] = [
      (config) => generateToken(REQUEST, config),
      (config) => new LivekitService(config).generateToken(REQUEST),
      (config) => missingConfiguration(config),
      (config) => getConnectionInfo(config),
      (config) => LivekitService.fromEnv(config).missingConfiguration(),
    ];
    for (const use of uses) {
      for (const [what, config] of BAD_ARGUMENTS) await named(what, () => use(untyped(config)));
    }
    for (const [what, config] of BAD_ARGUMENTS) assert.equal(validateConfiguration(untyped(config)), false, what);

    const credentials = { apiKey: KEY, apiSecret: SECRET };
    const isRight = (_: string, result: unknown, what: string) =>
      assert.ok(isSignedWith((result as { token: string }).token, SECRET), what);
    const mint = (config: unknown) => generateToken(REQUEST, untyped(config));
    const others = { url: 'wss://x', tokenTtl: 60, maxTtl: 60, canUpdateOwnMetadata: true, jti: true };
    for (const field of Object.keys(others)) {
      await eachField({ [field]: 0 }, (bad) => mint({ ...credentials, ...bad }), isRight);
    }
    for (const [what, value] of BAD_VALUES) {
      // A string is a credential; lone surrogates in it are replaced, as in earlier versions.
      if (typeof value === 'string') continue;
      assert.equal(await named(what, () => mint({ ...CONFIG, apiKey: value })), undefined, what);
      assert.equal(await named(what, () => mint({ ...CONFIG, apiSecret: value })), undefined, what);
    }
  });

  test('getters that change, call the library, or dispose of the service do no harm', () => {
    const service = new LivekitService(CONFIG);
    const once = service.generateToken(
      untyped(
        Object.defineProperties(changing('roomId', 'room', 'other'), {
          identity: { get: () => 'user' },
        }),
      ),
    );
    assert.deepEqual([once.roomId, claimsOf(once.token).video.room], ['room', 'room']);
    const busy = {
      get roomId() {
        service.dispose();
        assert.throws(() => service.generateToken({ ...REQUEST, roomId: '' }), { code: 'invalid_request' });
        return 'room';
      },
      get identity() {
        service.generateToken({ roomId: 'inner', identity: 'inner' });
        verifier.verifySync(someToken);
        service.dispose();
        return 'user';
      },
    };
    const { token } = service.generateToken(busy);
    assert.deepEqual([claimsOf(token).sub, claimsOf(token).video.room], ['user', 'room']);
    const config = {
      ...CONFIG,
      get apiKey() {
        return claimsOf(generateToken(REQUEST, CONFIG).token).iss;
      },
    };
    assert.equal(claimsOf(generateToken(REQUEST, config).token).iss, KEY);
  });
});

describe('AccessToken', () => {
  const METHODS = [
    'addGrant',
    'addSIPGrant',
    'addAgentGrant',
    'addAgentEndpointGrant',
    'addAgentThreadGrant',
    'addInferenceGrant',
    'addObservabilityGrant',
  ] as const;
  const PROPERTIES = [
    'identity',
    'ttl',
    'name',
    'metadata',
    'attributes',
    'kind',
    'kindDetails',
    'sha256',
    'roomPreset',
    'roomConfig',
  ] as const;
  const builder = () => new AccessToken(KEY, SECRET, { identity: 'user' });
  const signed = (token: AccessToken) => claimsOf(token.toJwtSync()) as unknown as Record<string, unknown>;

  test('invalid grants are errors', async () => {
    for (const method of METHODS) {
      for (const [what, value] of BAD_VALUES) {
        const sign = () => {
          const token = builder();
          token[method](untyped(value));
          return signed(token);
        };
        assert.equal(await named(`${method}: ${what}`, sign), undefined, `${method}: ${what}`);
      }
    }
  });

  test('invalid fields of a grant are errors', async () => {
    const sign = (method: (typeof METHODS)[number]) => (bad: object) => {
      const token = builder();
      token[method](bad);
      return signed(token);
    };
    const video = { room: 'room', roomJoin: true, canPublish: false, canPublishSources: ['camera'] };
    await eachField(video, sign('addGrant'), refuseAll);
    await eachField({ threadIds: ['a'], scope: 'b', all: true }, sign('addAgentThreadGrant'), refuseAll);
  });

  test('invalid properties and options are errors', async () => {
    for (const property of PROPERTIES) {
      for (const [what, value] of BAD_VALUES) {
        const sign = () => {
          const token = builder();
          token[property] = untyped(value);
          return signed(token);
        };
        assert.equal(await named(`${property}: ${what}`, sign), undefined, `${property}: ${what}`);
      }
    }
    const options = { identity: 'user', ttl: 60, name: 'name', metadata: 'text', attributes: {} };
    await eachField(options, (bad) => new AccessToken(KEY, SECRET, untyped(bad)).toJwt(), refuseAll);
    for (const [what, value] of BAD_VALUES) {
      await named(what, () => new AccessToken(KEY, SECRET, untyped(value)).toJwt());
      await named(what, () => new AccessToken(untyped(value), SECRET).toJwt());
      await named(what, () => new AccessToken(KEY, untyped(value)).toJwt());
    }
    const broken = Object.defineProperty(builder(), 'name', { get: fail });
    assert.equal(await named('a property with a getter', () => broken.toJwtSync()), undefined);
  });

  test('getters that change, or sign the token that reads them, do no harm', () => {
    const token = builder();
    token.addGrant(changing('room', 'room', 'other'));
    token.addGrant(changing('roomAdmin', false, true));
    token.attributes = untyped(
      Object.defineProperty({}, 'a', {
        enumerable: true,
        get: () => {
          token.attributes = undefined;
          const inner = signed(token);
          token.attributes = { b: 'c' };
          return String(inner['sub']);
        },
      }),
    );
    const { video, attributes } = signed(token);
    assert.deepEqual([video, attributes], [{ room: 'room' }, { a: 'user' }]);
  });

  test('a toJSON on the prototype of objects or arrays changes nothing', () => {
    for (const prototype of [Object.prototype, Array.prototype] as object[]) {
      Object.defineProperty(prototype, 'toJSON', { configurable: true, value: () => ['screen_share'] });
      try {
        const token = builder();
        token.addGrant({ roomJoin: true, room: 'room', canPublishSources: ['camera'] });
        const { video } = signed(token);
        assert.deepEqual(video, { roomJoin: true, room: 'room', canPublishSources: ['camera'] });
        assert.throws(() => new LivekitService({ ...CONFIG, apiKey: untyped({}) }).generateToken(REQUEST), {
          code: 'not_configured',
        });
        token.metadata = untyped(cyclic);
        assert.throws(() => token.toJwtSync(), { code: 'invalid_claim' });
      } finally {
        Reflect.deleteProperty(prototype, 'toJSON');
      }
    }
  });
});

test('TokenVerifier', async () => {
  for (const [what, value] of BAD_VALUES) {
    const verify = await named(what, () => verifier.verify(untyped(value)));
    assert.equal(verify, undefined, what);
    assert.equal(
      await named(what, () =>
        verifier.verifySync(`${someToken}${typeof value === 'string' ? value.slice(0, 99) : '.'}`),
      ),
      undefined,
      what,
    );
    assert.equal(await named(what, () => verifier.verifySync(someToken, untyped(value)) && undefined), undefined);
    await named(what, () => new TokenVerifier(untyped(value), SECRET).verifySync(someToken));
    await named(what, () => new TokenVerifier(KEY, untyped(value)).verifySync(someToken));
    await named(what, () => new TokenVerifier(KEY, SECRET, untyped(value)).verifySync(someToken));
    await named(what, () => new TokenVerifier(KEY, SECRET, untyped({ refuseFutureIat: value })).verifySync(someToken));
  }
});

test('WebhookReceiver', async () => {
  const receiver = new WebhookReceiver(KEY, SECRET);
  for (const [what, value] of BAD_VALUES) {
    assert.equal(await named(what, () => receiver.receive(untyped(value), someToken)), undefined, what);
    assert.equal(await named(what, () => receiver.receive('{}', untyped(value))), undefined, what);
  }
});

test('validateClaims', async () => {
  for (const [what, value] of BAD_ARGUMENTS) {
    const errors = await named(what, () => validateClaims(untyped(value)));
    if (errors !== undefined) assert.notEqual(errors.length, 0, what);
  }
  await eachField(
    { sub: 'user', video: {}, kind: 'agent', attributes: {}, exp: 1 },
    validateClaims,
    (field, errors, what) => {
      assert.notEqual((errors as unknown[]).length, 0, `${field} ${what}`);
    },
  );
});

describe('livekit-edge/server', () => {
  test('invalid bodies are errors', async () => {
    const texts = [
      '',
      '{',
      '[]',
      '{"roomId":"\\ud800"}',
      '{"a":1,"a":2}',
      '['.repeat(1e6),
      `{"a":${'1'.repeat(1e6)}}`,
      'é',
    ];
    const bodies: [string, unknown][] = texts.map((text) => [text.slice(0, 20), new TextEncoder().encode(text)]);
    bodies.push(['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)], ['9 MiB', new Uint8Array(9 * 1024 * 1024)]);
    bodies.push(['a proxy of bytes', new Proxy(new Uint8Array(2), {})], ['words', new Uint16Array(2)]);
    for (const read of [parseCreateToken, parseTokenSource, parseMuteParticipant]) {
      for (const [what, body] of [...bodies, ...BAD_ARGUMENTS]) {
        await named(what, () => read(untyped(body)).dispose());
      }
      const lone = new TextEncoder().encode('{"roomId":"room","roomId2":"\\udc00"}');
      await named('a lone surrogate', () => read(lone).dispose());
    }
    const request = parseCreateToken(new TextEncoder().encode(JSON.stringify(REQUEST)));
    assert.deepEqual(request.description, { id: 'room', identity: 'user' });
  });

  test('invalid settings are errors', async () => {
    const good = { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, JWT_SECRET: SECRET, LOG_LEVEL: 'silent' };
    for (const [what, env] of BAD_ARGUMENTS) {
      await named(what, () => preparedCache()(untyped(env)));
    }
    await eachField(
      good,
      (env) => preparedCache()(env),
      () => undefined,
    );
  });
});

test('a clock that returns invalid times or throws is an error', async () => {
  const { now } = Date;
  const clocks: Record<string, () => unknown> = {
    'not a number': () => Number.NaN,
    negative: () => -1,
    'far too late': () => 1e300,
    throwing: fail,
    'a string': () => 'now',
  };
  for (const [what, clock] of Object.entries(clocks)) {
    Date.now = clock as () => number;
    try {
      for (const call of [
        () => kept.generateToken(REQUEST),
        () => generateToken(REQUEST, CONFIG),
        () => new AccessToken(KEY, SECRET).toJwtSync(),
        () => verifier.verifySync(someToken),
      ]) {
        await assert.rejects(
          async () => call(),
          { name: 'LivekitException', code: 'token_generation', status: 500 },
          what,
        );
      }
    } finally {
      Date.now = now;
    }
  }
});

test('randomness that is missing or throws is an error', () => {
  const jti = { ...CONFIG, jti: true };
  const service = new LivekitService(jti);
  const { crypto } = globalThis;
  for (const broken of [undefined, {}, { getRandomValues: fail }, { getRandomValues: undefined }]) {
    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: broken });
    try {
      const expected = { name: 'LivekitException', code: 'token_generation', status: 500 };
      assert.throws(() => service.generateToken(REQUEST), expected);
      assert.throws(() => generateToken(REQUEST, jti), expected);
      assert.equal(kept.generateToken(REQUEST).jti, undefined);
    } finally {
      Object.defineProperty(globalThis, 'crypto', { configurable: true, value: crypto });
    }
  }
  assert.equal(service.generateToken(REQUEST).jti?.length, 22);
});
