/** Functions of an application in place of user tokens and the default policy: their arguments, and which results are valid. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { LivekitException, ServerError } from 'livekit-edge';
import {
  type Caller,
  kraken,
  type LivekitOptions,
  livekit,
  type Permission,
  type Store,
  type TokenAsk,
  userTokens,
} from 'livekit-edge/server';
import { PRIVILEGED_GRANTS } from '../../pkg/dist/server/hooks.js';
import { wasm } from '../../pkg/dist/wasm/instance.js';
import { claimsOf } from '../support/livekit-token.ts';
import { memberFacts } from '../support/member-facts.ts';

const ENV = {
  LIVEKIT_API_KEY: 'devkey',
  LIVEKIT_API_SECRET: 'a-secret-of-more-than-thirty-two-bytes',
  LIVEKIT_URL: 'wss://livekit.example',
};

const fail = () => {
  throw new Error('canary');
};

type Hooks = Partial<LivekitOptions<Record<string, unknown>, Caller>>;

const ROOM = 'lobby';
const permission = (fields: object = {}): Permission => ({
  room: ROOM,
  identity: 'guest-1',
  grants: { canPublish: false },
  ...fields,
});

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    mock.method(console, level, (line: string) => lines.push(line));
  }
});
afterEach(() => mock.restoreAll());

const app = (options: Hooks, env: object = ENV) =>
  livekit({
    authenticate: () => ({ userId: 'user-1' }),
    authorize: () => permission(),
    settings: () => ({ LOG_LEVEL: 'debug', ...env }),
    ...options,
  } as LivekitOptions<Record<string, unknown>, Caller>);

async function post(options: Hooks, body: unknown = { roomId: ROOM }, path = '/token', env?: object) {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const response = await app(options, env).request(path, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const FAILED = { statusCode: 500, message: 'Failed to generate token' };
const UNAVAILABLE = { statusCode: 503, message: 'Service Unavailable' };

/** Checks status and body of an invalid result, and that the next valid request succeeds. */
async function assertRefused(options: Hooks, status: number, body: unknown, reason?: string) {
  const answer = await post(options);
  assert.deepEqual([answer.status, answer.body], [status, body]);
  if (reason !== undefined) {
    const logged = lines.map((line) => JSON.parse(line)).find((line) => line.status === status);
    assert.equal(logged.path ?? logged.reason, reason);
  }
  assert.equal((await post({})).status, 201);
}

test('all fields of a permission get into the token', async () => {
  const { status, headers, body } = await post({
    authorize: () =>
      permission({
        name: 'Guest',
        ttl: '10m',
        metadata: 'm',
        attributes: { role: 'guest' },
        roomConfig: { agents: [{ agentName: 'assistant' }] },
        grants: { canPublish: false, canSubscribe: true },
      }),
  });
  assert.deepEqual([status, headers.get('cache-control')], [201, 'no-store']);
  const { sub, name, metadata, attributes, video, roomConfig, exp, nbf } = claimsOf(body.token);
  assert.deepEqual(
    { sub, name, metadata, attributes, video, roomConfig, ttl: Number(exp) - Number(nbf) },
    {
      sub: 'guest-1',
      name: 'Guest',
      metadata: 'm',
      attributes: { role: 'guest' },
      video: { room: ROOM, roomJoin: true, canPublish: false, canSubscribe: true },
      roomConfig: { agents: [{ agentName: 'assistant' }] },
      ttl: 600,
    },
  );
  assert.deepEqual([body.identity, body.roomId, body.url], ['guest-1', ROOM, ENV.LIVEKIT_URL]);
});

test('the functions get the caller, the request and the settings', async () => {
  const seen: { caller: Caller; ask: TokenAsk; env: object }[] = [];
  const options: Hooks = {
    authenticate: (request, env) => {
      assert.equal((env as typeof ENV).LIVEKIT_API_KEY, 'devkey');
      return { userId: request.headers.get('content-type') ?? '', plan: 'pro' } as Caller;
    },
    authorize: (caller, ask, env) => {
      seen.push({ caller, ask, env });
      return permission({ room: ask.room });
    },
  };
  await post(options, { roomId: 'r', identity: 'i', name: 'n', ttl: 60, other: 1 });
  await post(
    options,
    {
      room_name: 'r',
      participant_identity: 'i',
      participant_name: 'n',
      participant_metadata: 'm',
      participant_attributes: { __proto__x: '1', ['__proto__']: '2' },
      room_config: { agents: [{ agent_name: 'a', metadata: 'am', deployment: 'd' }, {}], empty_timeout: 5 },
    },
    '/token-source',
  );
  assert.deepEqual(seen[0]?.caller, { userId: 'application/json', plan: 'pro' });
  assert.equal((seen[0]?.env as typeof ENV | undefined)?.LIVEKIT_API_KEY, 'devkey');
  assert.deepEqual(
    { ...seen[0]?.ask },
    {
      route: 'token',
      room: 'r',
      isGeneratedRoom: false,
      identity: 'i',
      name: 'n',
      ttl: 60,
    },
  );
  const { attributes, ...ask } = seen[1]?.ask ?? {};
  assert.deepEqual(ask, {
    route: 'token-source',
    room: 'r',
    isGeneratedRoom: false,
    identity: 'i',
    name: 'n',
    metadata: 'm',
    roomConfig: { emptyTimeout: 5, agents: [{ agentName: 'a', metadata: 'am', deployment: 'd' }] },
  });
  assert.deepEqual(Object.entries(attributes ?? {}), [
    ['__proto__x', '1'],
    ['__proto__', '2'],
  ]);
});

test('a request that names no room is for a new one, whose name cannot be guessed', async () => {
  const rooms = new Set<string>();
  const authorize: Hooks['authorize'] = (_, ask) => {
    assert.ok(ask.isGeneratedRoom);
    return permission({ room: ask.room });
  };
  for (const body of [{}, { room_name: '' }, { room_name: null }]) {
    const { status, body: answer } = await post({ authorize }, body, '/token-source');
    assert.equal(status, 201);
    rooms.add(String(claimsOf(answer.participant_token).video.room));
  }
  assert.equal(rooms.size, 3);
  for (const room of rooms) assert.match(room, /^room-[\w-]{22}$/);
  // The specification's own route requires a room.
  assert.equal((await post({ authorize }, {})).status, 400);
});

test('fields of wrong types and sizes are 400, with their names, before the function is called', async () => {
  const authorize = mock.fn(() => permission());
  for (const [path, body, field] of [
    ['/token', { roomId: 1 }, 'roomId'],
    ['/token', { roomId: ROOM, ttl: '1h' }, 'ttl'],
    ['/token', { roomId: ROOM, identity: ['x'] }, 'identity'],
    ['/token-source', { room_name: [] }, 'room_name'],
    ['/token-source', { participant_identity: 1 }, 'participant_identity'],
    ['/token-source', { participant_name: 'x'.repeat(257) }, 'participant_name'],
    ['/token-source', { participant_metadata: {} }, 'participant_metadata'],
    ['/token-source', { participant_attributes: { a: 1 } }, 'participant_attributes'],
    ['/token-source', { room_config: [] }, 'room_config'],
    ['/token-source', { room_config: { agents: 'a' } }, 'room_config'],
    ['/token-source', { room_config: { agents: Array(1000).fill({ agent_name: 'a' }) } }, 'room_config.agents'],
  ] as const) {
    const answer = await post({ authorize }, body, path);
    assert.equal(answer.status, 400, field);
    assert.ok(String(answer.body.message).startsWith(`${field} `), `${answer.body.message}`);
  }
  assert.equal(authorize.mock.callCount(), 0);
});

test('null, undefined and false are 401 of authenticate, 403 of authorize', async () => {
  for (const nothing of [null, undefined, false, Promise.resolve(null), Promise.resolve(undefined)]) {
    const answer = await post({ authenticate: () => nothing as null });
    assert.deepEqual([answer.status, answer.body], [401, { statusCode: 401, message: 'Unauthorized' }]);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    await assertRefused({ authorize: () => nothing as null }, 403, {
      statusCode: 403,
      message: 'Forbidden resource',
      error: 'Forbidden',
    });
  }
});

test('a caller without a valid id is 500', async () => {
  const trap = {
    get userId() {
      throw new Error('canary');
    },
  };
  for (const caller of [
    {},
    { userId: '' },
    { userId: ' ' },
    { userId: 7 },
    { userId: 'x'.repeat(257) },
    'user-1',
    1,
    true,
    [],
    { userId: 'u', tokenId: 1 },
    trap,
  ]) {
    await assertRefused({ authenticate: () => caller as Caller }, 500, {
      statusCode: 500,
      message: 'Internal server error',
    });
  }
});

test('an invalid permission is 500, and the log names the field', async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['a'] = cyclic;
  class Own {
    get room() {
      return ROOM;
    }
  }
  for (const [answer, reason] of [
    [{}, 'room'],
    [permission({ room: 'other' }), 'room'],
    [permission({ room: undefined }), 'room'],
    [permission({ identity: '' }), 'identity'],
    [permission({ identity: Symbol('x') }), 'identity'],
    [permission({ name: 7 }), 'name'],
    [permission({ grants: undefined }), 'grants'],
    [permission({ grants: 'all' }), 'grants'],
    [permission({ grants: { canPublish: 'yes' } }), 'grants.canPublish'],
    [permission({ grants: { canpublish: true } }), 'grants.canpublish'],
    [permission({ grants: { room: 'other' } }), 'room'],
    [permission({ grants: { roomJoin: false } }), 'roomJoin'],
    [permission({ grants: { roomCreate: true } }), 'roomCreate'],
    [permission({ grants: { hidden: true } }), 'hidden'],
    [permission({ grants: { destinationRoom: 'x' } }), 'destinationRoom'],
    [permission({ ttl: 31_536_000 }), 'ttl'],
    [permission({ ttl: 0 }), 'ttl'],
    [permission({ ttl: Number.NaN }), 'ttl'],
    [permission({ metadata: 'x'.repeat(512 * 1024 + 1) }), 'metadata'],
    [permission({ metadata: {} }), 'metadata'],
    [permission({ attributes: { a: 1 } }), 'attributes'],
    [permission({ attributes: { a: 'x'.repeat(64 * 1024) } }), 'attributes'],
    [permission({ roomConfig: { agents: [{ agent: 'x' }] } }), 'roomConfig.agents.agent'],
    [permission({ roomConfig: 'x' }), 'roomConfig'],
    [permission({ kind: 'agent' }), 'unknown_field'],
    [permission({ video: {} }), 'unknown_field'],
    [permission({ a: cyclic }), 'unknown_field'],
    [new Own(), 'type'],
    [new Map(), 'type'],
    [[permission()], 'type'],
    ['room', 'type'],
    [7, 'type'],
    [Object.defineProperty(permission(), 'grants', { enumerable: true, get: fail }), 'exception'],
    [
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('canary');
          },
        },
      ),
      'exception',
    ],
  ] as const) {
    lines = [];
    await assertRefused({ authorize: () => answer as Permission }, 500, FAILED, reason);
    assert.ok(!lines.join().includes('canary'));
  }
});

test('a privileged grant is signed if allowGrants names it', async () => {
  const authorize = () => permission({ grants: { hidden: true, canSubscribe: true } });
  const { status, body } = await post({ authorize, allowGrants: ['hidden'] });
  assert.equal(status, 201);
  assert.deepEqual(claimsOf(body.token).video, { room: ROOM, roomJoin: true, hidden: true, canSubscribe: true });
  await assertRefused({ authorize, allowGrants: ['recorder'] }, 500, FAILED, 'hidden');
  for (const wrong of [['room'], ['hidden', 'x'], 'hidden', [1], {}]) {
    assert.throws(() => app({ allowGrants: wrong as ['hidden'] }), LivekitException);
  }
});

test('a privileged grant of a table of grants is signed too', async () => {
  const store: Store = { facts: async () => ({ ...memberFacts, userId: 'user-1', channelId: ROOM }) };
  const options = { authorize: undefined, store, grants: () => ({ hidden: true }) };
  const { status, body } = await post({ ...options, allowGrants: ['hidden'] });
  assert.deepEqual([status, claimsOf(body.token).video], [201, { room: ROOM, roomJoin: true, hidden: true }]);
  for (const allowGrants of [undefined, [], ['recorder' as const]]) {
    await assertRefused({ ...options, allowGrants }, 500, FAILED, 'hidden');
  }
});

test('the privileged grants in TypeScript are those of the rules in Rust', async () => {
  for (const name of PRIVILEGED_GRANTS) {
    const grants = { [name]: name === 'destinationRoom' ? 'other' : true };
    const authorize = () => permission({ grants });
    assert.equal((await post({ authorize })).status, 500, name);
    assert.equal((await post({ authorize, allowGrants: [name] })).status, 201, name);
  }
  for (const name of ['canPublish', 'canSubscribe', 'roomAdmin', 'canUpdateOwnMetadata']) {
    assert.equal((await post({ authorize: () => permission({ grants: { [name]: true } }) })).status, 201, name);
  }
});

test('a function that throws is 503, or has the status of its error; no other error text is returned', async () => {
  for (const name of ['authenticate', 'authorize'] as const) {
    const hook = (error: unknown): Hooks => ({
      [name]: () => {
        throw error;
      },
    });
    const refusedByLivekit = new ServerError('Not Found', 'canary', 404, 'not_found');
    for (const error of [
      new Error('canary'),
      'canary',
      null,
      { status: 403 },
      new HTTPException(299 as 400),
      refusedByLivekit,
    ]) {
      lines = [];
      await assertRefused(hook(error), 503, UNAVAILABLE, name);
      await assertRefused({ [name]: () => Promise.reject(error) }, 503, UNAVAILABLE);
      assert.ok(!lines.join().includes('canary'));
    }
    await assertRefused(hook(new HTTPException(402, { message: 'No seat left' })), 402, {
      statusCode: 402,
      message: 'No seat left',
    });
    const own = new LivekitException('Banned here', 403, { code: 'forbidden', error: 'Forbidden' });
    await assertRefused(hook(own), 403, { statusCode: 403, message: 'Banned here', error: 'Forbidden' });
  }
});

test('onError gets what the function throws, and an error in onError changes nothing', async () => {
  const error = new TypeError('canary');
  const told: unknown[] = [];
  const onError = (thrown: unknown) => {
    told.push(thrown);
    throw new Error('canary');
  };
  for (const name of ['authenticate', 'authorize'] as const) {
    const answer = await post({ [name]: () => Promise.reject(error), onError });
    assert.deepEqual([answer.status, answer.body], [503, UNAVAILABLE]);
  }
  assert.deepEqual(told, [error, error]);
  assert.ok(!lines.join().includes('canary'));
  // A refusal is not an error.
  await post({ authorize: () => null, onError });
  assert.equal(told.length, 2);
});

test("the last argument of the functions is Hono's context", async () => {
  const outer = new Hono<{ Variables: { user: string } }>().use('*', (context, next) => {
    context.set('user', 'alice');
    return next();
  });
  const inner = app({
    authenticate: (_request, _env, context) => ({ userId: context.get('user') }),
    authorize: ({ userId }, { room }, _env, context) =>
      permission({ room, identity: `${userId}-${context.get('user')}` }),
  });
  const response = await outer.route('/', inner).request('/token', { method: 'POST', body: '{"roomId":"lobby"}' });
  assert.equal((await response.json()).identity, 'alice-alice');
});

test('an unknown option, or one of a wrong type, is an error when the endpoint is created', () => {
  for (const wrong of [
    { autorize: () => null },
    { authorize: 'yes' },
    { authenticate: {} },
    { onError: 1 },
    { grants: {} },
    { settings: {} },
    { rateLimit: { user: 1 } },
    { rateLimit: { users: { limit: () => ({ success: true }) } } },
    { rateLimit: 5 },
  ]) {
    assert.throws(() => app(wrong as Hooks), LivekitException, JSON.stringify(wrong));
  }
  for (const nothing of [undefined, null, 1, 'x']) {
    assert.throws(() => livekit(nothing as unknown as LivekitOptions), LivekitException);
  }
});

test('a function that never settles is 503 after two seconds', async () => {
  const never = () => new Promise<never>(() => {});
  const answers = await Promise.all([post({ authenticate: never }), post({ authorize: never })]);
  for (const { status, body } of answers) assert.deepEqual([status, body], [503, UNAVAILABLE]);
  assert.equal((await post({})).status, 201);
});

test('without a store, the routes that need the default tables are 404', async () => {
  assert.equal((await post({}, { roomId: ROOM }, '/dm-token')).status, 404);
  assert.equal((await post({}, {}, '/channels/c/mute-participant')).status, 404);
  assert.equal((await app({}).request('/channels/c/voice-presence')).status, 404);
  assert.deepEqual(await (await app({}).request('/connection-info')).json(), { url: ENV.LIVEKIT_URL });
  assert.equal((await app({}).request('/health')).status, 200);
  assert.equal((await app({ authenticate: () => null }).request('/health')).status, 401);
});

test('an endpoint with neither a store nor authorize does not start', () => {
  assert.throws(() => livekit({} as LivekitOptions), LivekitException);
});

test('a token for LiveKit’s clients needs LIVEKIT_URL', async () => {
  const { LIVEKIT_URL: _, ...env } = ENV;
  assert.equal((await post({}, { room_name: ROOM }, '/token-source', env)).status, 500);
});

test('it is a Hono app: middleware around it works', async () => {
  const outer = new Hono().use('*', async (context, next) => {
    context.header('X-Outer', '1');
    await next();
  });
  outer.route('/voice', app({}));
  const response = await outer.request('/voice/token', { method: 'POST', body: JSON.stringify({ roomId: ROOM }) });
  assert.deepEqual([response.status, response.headers.get('x-outer')], [201, '1']);
});

test('no configuration of a client has more than 16 agents or credentials, whatever else it contains', async () => {
  const authorize: Hooks['authorize'] = (_, { room, roomConfig }) => permission({ room, roomConfig });
  const agents = Array(17).fill({ agent_name: 'assistant' });
  for (const [room_config, message] of [
    [{ agents }, 'room_config.agents must not have more than 16 elements'],
    [{ agents, empty_timeout: 1 }, 'room_config.agents must not have more than 16 elements'],
    [
      { agents: agents.map((agent) => ({ ...agent, restart_policy: 'JRP_NEVER' })) },
      'room_config.agents must not have more than 16 elements',
    ],
    [{ egress: { room: { file: { s3: { secret: 'x' } } } } }, 'room_config must be a room configuration of LiveKit'],
  ] as const) {
    const { status, body } = await post({ authorize }, { room_name: ROOM, room_config }, '/token-source');
    assert.deepEqual([status, body.message], [400, [message]]);
  }
});

test('a refused request leaves nothing in the memory of the module', async () => {
  const attributes = Object.fromEntries(Array.from({ length: 8000 }, (_, at) => [`k${at}`, '']));
  const refused = async (count: number) => {
    for (let at = 0; at < count; at++) {
      const hooks: Hooks = at % 2 === 0 ? { authenticate: () => null } : { authorize: () => null };
      const { status } = await post(hooks, { room_name: ROOM, participant_attributes: attributes }, '/token-source');
      assert.ok(status === 401 || status === 403, `${status}`);
      lines = [];
    }
  };
  const { memory } = wasm().initSync(undefined as never);
  await refused(20);
  const before = memory.buffer.byteLength;
  await refused(100);
  assert.equal(memory.buffer.byteLength, before);
});

const STORE: Store = { facts: async ({ userId, channelId }) => ({ ...memberFacts, userId, channelId }) };
const JWT = { JWT_SECRET: 'a-secret-of-more-than-thirty-two-bytes' };
const jwt = (claims: object) => {
  const start = [
    { alg: 'HS256', typ: 'JWT' },
    { exp: 4_000_000_000, ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return `${start.join('.')}.${createHmac('sha256', JWT.JWT_SECRET).update(start.join('.')).digest('base64url')}`;
};
const asking = (options: object, claims: object, path = '/token', body: object = { roomId: ROOM }, env: object = ENV) =>
  livekit({ settings: () => ({ ...env, ...JWT, LOG_LEVEL: 'error' }), ...options } as LivekitOptions).request(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${jwt(claims)}` },
  });

test('the defaults work as functions, also with the servers of the application', async () => {
  const { LIVEKIT_API_KEY: _key, LIVEKIT_API_SECRET: _secret, LIVEKIT_URL: _url, ...nothing } = ENV;
  const servers = [{ name: 'eu', url: 'wss://eu.example', keys: `APIa: ${JWT.JWT_SECRET}` }];
  const channels = kraken(STORE);
  const users = userTokens();
  const hooks = {
    authenticate: (request: Request, env: object, context: Context) => users(request, env, context),
    authorize: (caller: Caller, ask: TokenAsk, env: Record<string, unknown>, context: Context) =>
      channels(caller, ask, env, context),
  };
  for (const options of [{ store: STORE }, { ...hooks }, { store: STORE, authenticate: hooks.authenticate }]) {
    const source = { room_name: ROOM };
    const asked = await asking({ servers, ...options }, { sub: 'u1' }, '/token-source', source, nothing);
    assert.equal(asked.status, 201);
    assert.equal((await asked.json()).server_url, 'wss://eu.example');
    // A LiveKit token is not a user token, even if one secret signs both.
    const livekitToken = { iss: 'APIa', sub: 'u1', sip: { call: true } };
    assert.equal((await asking({ servers, ...options }, livekitToken, '/token-source', source, nothing)).status, 401);
    for (const odd of [{ jti: '' }, { jti: ' ' }, { jti: 'x'.repeat(257) }, { sid: '' }]) {
      const answer = await asking({ servers, ...options }, { sub: 'u1', ...odd }, '/token', { roomId: ROOM }, nothing);
      assert.equal(answer.status, 201, JSON.stringify(odd));
    }
  }
});

test('kraken() outside of an endpoint refuses an ask with wrong types or any depth with 400', async () => {
  const channels = kraken(STORE);
  const deep = JSON.parse(`${'['.repeat(40_000)}${']'.repeat(40_000)}`);
  for (const invalid of [
    { room: deep },
    { room: undefined },
    { name: { a: deep } },
    { ttl: Number.NaN },
    { ttl: 10n },
  ]) {
    const ask = { route: 'token', room: ROOM, isGeneratedRoom: false, ...invalid } as TokenAsk;
    await assert.rejects(channels({ userId: 'u1' }, ask, ENV), { name: 'LivekitException', status: 400 });
  }
  const ask: TokenAsk = { route: 'token', room: ROOM, isGeneratedRoom: false };
  assert.equal((await channels({ userId: 'u1' }, ask, ENV)).identity, 'u1');
});

test('a table of grants together with authorize is an error, because it would have no effect', () => {
  assert.throws(() => app({ grants: () => ({ canPublish: false }) }), LivekitException);
});

test('each field of a caller is read once', async () => {
  let readings = 0;
  const caller = {
    get userId() {
      readings += 1;
      return readings === 1 ? 'u1' : 'own';
    },
  };
  const { body } = await post({ authenticate: () => caller, authorize: undefined, store: STORE });
  assert.equal(claimsOf(body.token).sub, 'u1');
  const changing: Hooks = {
    authorize: (user) => {
      Object.assign(user, { userId: 'evil' });
      return permission();
    },
  };
  await post(changing);
  assert.ok(lines.some((line) => line.includes('"userId":"user-1"')) && !lines.join().includes('evil'));
});
