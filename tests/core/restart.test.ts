/**
 * After a trap the next call works, every prepared object still works, and no object of an earlier instance is freed. The traps
 * are real ones of the real module: stack overflow, out of memory, and `unreachable`, in which every panic ends.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, before, describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  AccessToken,
  LivekitException,
  LivekitService,
  TokenVerifier,
  validateClaims,
  WebhookReceiver,
} from 'livekit-edge';
import type { FactsRow, Store } from 'livekit-edge/server';
import { authorizePermission } from '../../pkg/dist/server/rbac/authorize.js';
import { parseCreateToken } from '../../pkg/dist/server/requests.js';
import { withoutStack } from '../runtime/checks/traps.js';
import { claimsOf, isSignedWith } from '../support/livekit-token.ts';
import { memberFacts } from '../support/member-facts.ts';
import { endpointOf, tokenInSteps } from '../support/prepared-endpoint.ts';
import { moduleWithLittleMemory, trapIn, trappingModule, type When } from '../support/trapping-module.ts';

const KEY = 'api-key';
const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const CONFIG = { apiKey: KEY, apiSecret: SECRET, url: 'wss://livekit.example.com', jti: true };
const REQUEST = { roomId: 'room', identity: 'user' };

/** An instance of the module: its exports, and the names of the functions that freed an object in it. */
interface Instance {
  readonly exports: Record<string, unknown>;
  readonly freed: string[];
}

const instances: Instance[] = [];
/** The bytes of later instances; by default the shipped module. */
let replacement: WebAssembly.Module | undefined = trappingModule();
/** Runs on every later instance. */
let prepare: (instance: Instance) => void = () => undefined;

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, [module, imports]) {
    const { exports } = new target(replacement ?? module, imports);
    const freed: string[] = [];
    const spied = Object.entries(exports).map(([name, value]) => {
      if (!/^__wbg_.*_free$/.test(name)) return [name, value];
      const free = (...args: unknown[]) => {
        freed.push(name);
        return (value as (...args: unknown[]) => void)(...args);
      };
      return [name, free];
    });
    const instance = { exports: Object.fromEntries(spied), freed };
    instances.push(instance);
    prepare(instance);
    return instance;
  },
});

const current = (): Instance => instances.at(-1) ?? assert.fail('no instance');

const FACTS: FactsRow = { ...memberFacts, userId: 'user', channelId: 'room', identityIsUser: true };
const STORE = { facts: async () => FACTS } as unknown as Store;
const SETTINGS = { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, JWT_SECRET: SECRET, LOG_LEVEL: 'silent' };
const EVENT = '{"event":"room_started"}';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A body that needs much more stack in the module than in JavaScript, so that enough is left for an exception. */
const NESTED = bytesOf(`{"a":${'['.repeat(30)}${']'.repeat(30)}}`);

/** Objects that are prepared once and used again. */
const prepareAll = () => ({
  service: new LivekitService(CONFIG),
  verifier: new TokenVerifier(KEY, SECRET),
  receiver: new WebhookReceiver(KEY, SECRET),
  endpoint: endpointOf(SETTINGS, STORE),
  request: parseCreateToken(bytesOf(JSON.stringify(REQUEST))),
});

type Prepared = ReturnType<typeof prepareAll>;

/** The prepared keys of an endpoint, which are not part of its public type. */
const rulesOf = (endpoint: object) => (endpoint as { service: { dispose(): void } }).service;

function sign(): string {
  const token = new AccessToken(KEY, SECRET, { identity: 'user' });
  token.sha256 = createHash('sha256').update(EVENT).digest('base64');
  return token.toJwtSync();
}

/** Checks that every prepared object works as before. */
async function assertWorks({ service, verifier, receiver, endpoint, request }: Prepared): Promise<void> {
  const { token, jti } = service.generateToken(REQUEST);
  assert.ok(isSignedWith(token, SECRET));
  assert.deepEqual([claimsOf(token).sub, claimsOf(token).video.room, claimsOf(token).jti], ['user', 'room', jti]);
  assert.throws(() => service.generateToken({ ...REQUEST, roomId: '' }), { code: 'invalid_request' });
  assert.equal(verifier.verifySync(token).sub, 'user');
  assert.throws(() => verifier.verifySync(`${token}x`), { code: 'invalid_token' });
  assert.equal(receiver.receiveSync(EVENT, sign()).event, 'room_started');
  assert.deepEqual(
    validateClaims({ video: { roomJoin: true, room: 'room' } }).map(({ path }) => path),
    ['identity'],
  );

  assert.deepEqual(request.description, { id: 'room', identity: 'user' });
  const granted = await tokenInSteps('user', request, endpoint);
  assert.ok(isSignedWith(granted.token, SECRET));
  assert.deepEqual([claimsOf(granted.token).sub, claimsOf(granted.token).video.room], ['user', 'room']);
}

/** Checks the exception of a trap: it has a cause, and its message contains nothing of it. */
function assertTrap(error: unknown, cause: new () => Error): void {
  assert.ok(error instanceof LivekitException, `${error}`);
  assert.deepEqual([error.code, error.status, error.message], ['internal', 500, 'Internal server error']);
  assert.ok(error.cause instanceof cause, `${error.cause}`);
}

/** The error that a call throws. */
function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

afterEach(() => {
  prepare = () => undefined;
});

test('an interrupted start is repeated', async () => {
  prepare = ({ exports }) => {
    exports['__wbindgen_start'] = () => {
      throw new RangeError('Maximum call stack size exceeded');
    };
  };
  assert.throws(sign, RangeError);
  prepare = () => undefined;
  await assertWorks(prepareAll());
  assert.equal(instances.length, 2);
});

/** A public call, and the exported function of the module in which it ends. */
const CALLS: [called: string, exported: string, call: (prepared: Prepared) => unknown][] = [
  ['LivekitService.generateToken', 'livekitservice_generateToken', ({ service }) => service.generateToken(REQUEST)],
  ['its exp', 'livekitservice_expiresAt', ({ service }) => service.generateToken(REQUEST)],
  ['its jti', 'livekitservice_jti', ({ service }) => service.generateToken(REQUEST)],
  [
    'generateToken of any type',
    'livekitservice_generateTokenOfAny',
    ({ service }) => service.generateToken({ ...REQUEST, name: 7 as never }),
  ],
  ['new LivekitService', 'livekitservice_new', () => new LivekitService(CONFIG).generateToken(REQUEST)],
  ['its description', 'livekitservice_describe', () => new LivekitService(CONFIG).getConnectionInfo()],
  ['AccessToken.toJwtSync', 'accesstokensigner_sign', sign],
  ['TokenVerifier.verifySync', 'tokenverifier_verify', ({ verifier }) => verifier.verifySync('a.b.c')],
  ['a clock tolerance', 'parseDuration', ({ verifier }) => verifier.verifySync('a.b.c', '1m')],
  [
    'WebhookReceiver.receiveSync',
    'tokenverifier_verifyWebhook',
    ({ receiver }) => receiver.receiveSync(EVENT, 'a.b.c'),
  ],
  ['validateClaims', 'validateClaims', () => validateClaims({})],
  ['parseCreateToken', 'tokenrequest_parseCreateToken', () => parseCreateToken(NESTED)],
  ['its room', 'tokenrequest_roomId', () => parseCreateToken(NESTED)],
  [
    'authorizePermission',
    'endpoint_authorize',
    ({ endpoint, request }) => authorizePermission({ userId: 'user' }, request, endpoint, 'token', undefined),
  ],
  ['issue', 'endpoint_issue', ({ endpoint, request }) => tokenInSteps('user', request, endpoint)],
  ['the endpoint', 'endpoint_new', () => endpointOf(SETTINGS, STORE)],
  ['dispose', '__wbg_livekitservice_free', ({ service }) => service.dispose()],
  ['allocating', '__wbindgen_malloc', ({ service }) => service.generateToken(REQUEST)],
];

/** Calls with a trap in an exported function. */
async function trapDuring(exported: string, when: When, call: () => unknown): Promise<void> {
  trapIn(current().exports, exported, when);
  const error: unknown = await (async () => call())().then(
    () => assert.fail('nothing was thrown'),
    (error) => error,
  );
  assertTrap(error, WebAssembly.RuntimeError);
}

for (const when of ['before', 'after'] as const) {
  describe(`unreachable ${when} the work of`, () => {
    for (const [called, exported, call] of CALLS) {
      test(called, async () => {
        const prepared = prepareAll();
        await assertWorks(prepared);
        const first = instances.length;
        await trapDuring(exported, when, () => call(prepared));
        assert.equal(instances.length, first, 'only the next call starts an instance');
        await assertWorks(prepared);
        assert.equal(instances.length, first + 1);
      });
    }
  });
}

test('three traps in a row are survived', async () => {
  const prepared = prepareAll();
  await assertWorks(prepared);
  const first = instances.length;
  prepare = ({ exports }) => trapIn(exports, 'livekitservice_generateToken', 'after');
  prepare(current());
  for (let trap = 0; trap < 3; trap++) {
    assertTrap(
      thrown(() => prepared.service.generateToken(REQUEST)),
      WebAssembly.RuntimeError,
    );
  }
  prepare = () => undefined;
  await assertWorks(prepared);
  assert.equal(instances.length, first + 3);
});

test('a request that was parsed before a trap is the same after it, even if its bytes changed', async () => {
  const prepared = prepareAll();
  const bytes = bytesOf(JSON.stringify(REQUEST));
  const request = parseCreateToken(bytes);
  await trapDuring('validateClaims', 'before', () => validateClaims({}));
  bytes.fill(0x20);
  await assertWorks({ ...prepared, request });
});

describe('an object of an instance before a trap', () => {
  test('is not freed by dispose', async () => {
    const [prepared, others] = [prepareAll(), prepareAll()];
    await assertWorks(prepared);
    await trapDuring('validateClaims', 'before', () => validateClaims({}));
    const { length } = instances;
    prepared.service.dispose();
    assert.equal(instances.length, length, 'dispose starts no instance');
    await assertWorks(others);
    prepared.request.dispose();
    rulesOf(prepared.endpoint).dispose();
    prepared.service.dispose();
    assert.deepEqual(current().freed, []);
    await assertWorks(others);

    // Its next use creates it again, and then it is freed like any other.
    await assertWorks(prepared);
    prepared.service.dispose();
    prepared.request.dispose();
    assert.deepEqual(current().freed, ['__wbg_livekitservice_free', '__wbg_tokenrequest_free']);
    await assertWorks(prepared);
  });

  test('is not freed by garbage collection', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const kept = prepareAll();
    const forget = async (count: number) => {
      for (let at = 0; at < count; at++) await assertWorks(prepareAll());
    };
    await forget(3);
    await trapDuring('validateClaims', 'before', () => validateClaims({}));
    await assertWorks(kept);
    const before = instances.at(-2) ?? assert.fail();
    const freedBefore = before.freed.length;
    await forget(2);
    const services = () => current().freed.filter((name) => name === '__wbg_livekitservice_free').length;
    while (services() < 2) {
      collect();
      await new Promise((resolve) => setTimeout(resolve));
    }
    assert.equal(services(), 2, 'an object of an earlier instance was freed');
    assert.equal(before.freed.length, freedBefore);
    await assertWorks(kept);
  });
});

test('out of memory is survived', async () => {
  const prepared = prepareAll();
  replacement = moduleWithLittleMemory(64);
  await trapDuring('validateClaims', 'before', () => validateClaims({}));
  await assertWorks(prepared);

  const first = instances.length;
  // Eight of them do not fit into 4 MiB.
  const key = 'k'.repeat(900_000);
  const verifiers = Array.from({ length: 8 }, (_, at) => new TokenVerifier(`${key}${at}`, SECRET));
  const verify = (verifier: TokenVerifier) => thrown(() => verifier.verifySync('a.b.c')) as LivekitException;
  const traps = verifiers.map(verify).filter(({ code }) => code === 'internal');
  for (const trap of traps) assertTrap(trap, WebAssembly.RuntimeError);
  assert.ok(traps.length > 0, 'all of them fitted into the memory');
  await assertWorks(prepared);
  assert.equal(instances.length, first + traps.length);
  // Each of them fits alone.
  for (const verifier of verifiers) {
    if (verify(verifier).code === 'internal') assert.equal(verify(verifier).code, 'invalid_token');
  }

  replacement = undefined;
  const last = instances.length;
  for (let at = 0; instances.length === last; at++)
    thrown(() => new TokenVerifier(`${key}${at}`, SECRET).verifySync(''));
  await assertWorks(prepared);
});

describe('stack overflow', () => {
  let prepared: Prepared;
  let token: string;
  before(() => {
    prepared = prepareAll();
    token = sign();
  });

  for (const [name, operation, isInModule] of [
    ['of a service', () => prepared.service.generateToken(REQUEST), true],
    ['of a verifier', () => prepared.verifier.verifySync(token), true],
    ['of a nested body', () => parseCreateToken(NESTED), true],
    // These need more stack in JavaScript than in the module.
    ['of a new service', () => new LivekitService(CONFIG).generateToken(REQUEST), false],
    ['of an access token', sign, false],
    ['of claims', () => validateClaims({}), false],
  ] as const) {
    test(name, async () => {
      const first = instances.length;
      const codes = new Set<string | undefined>();
      // Functions are compiled in their first calls, which needs more stack than the calls themselves.
      for (let round = 0; round < 5; round++) {
        operation();
        for (const error of withoutStack(operation)) {
          const { code, cause } = error as Partial<LivekitException>;
          const isTold = error instanceof LivekitException && cause instanceof RangeError;
          // Without stack `Date.now` itself throws, as a broken clock does.
          assert.ok(error instanceof RangeError || isTold || code === 'token_generation');
          if (code === 'internal') assertTrap(error, RangeError);
          codes.add(code);
        }
        await assertWorks(prepared);
      }
      if (isInModule) assert.ok(instances.length > first, 'the module was never left without stack');
      if (name === 'of a nested body') assert.ok(codes.has('internal'), 'no exception was ever made');
    });
  }
});
