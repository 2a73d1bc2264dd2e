/** Servers configured in code: `livekit({ servers, chooseServer })`, and RoomService with the same options. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { HTTPException } from 'hono/http-exception';
import { TokenVerifier } from 'livekit-edge';
import { type LivekitOptions, type LivekitServer, livekit, RoomService, type Store } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { NOT_CONFIGURED, UNKNOWN_SERVER } from '../support/answers.ts';
import { memberFacts } from '../support/member-facts.ts';
import { secretOf } from '../support/servers.ts';
import { userToken } from '../support/user-token.ts';
import { type FakeLivekit, MICROPHONE, startFakeLivekit } from './fake-livekit.ts';

/** A room on the server `us`, by rendezvous hashing. */
const ROOM = 'channel-abc123';

/** The facts of an owner of the instance. */
const store: Store = {
  facts: async ({ userId, channelId }) => ({ ...memberFacts, userId, channelId, role: 'OWNER', actions: [] }),
};

let fakes: Record<'eu' | 'us', FakeLivekit>;
let servers: LivekitServer[];
before(async () => {
  fakes = { eu: await startFakeLivekit(), us: await startFakeLivekit() };
  servers = (['eu', 'us'] as const).map((name) => ({
    name,
    url: `wss://${name}.example`,
    internalUrl: fakes[name].url,
    keys: [{ apiKey: `key-${name}`, apiSecret: secretOf(name) }],
  }));
});
after(() => Promise.all(Object.values(fakes).map((fake) => fake.stop())));
beforeEach(() => {
  for (const fake of Object.values(fakes)) {
    fake.calls.length = 0;
    fake.participants.set('alice', { identity: 'alice', tracks: [MICROPHONE] });
  }
});

type Options = Omit<LivekitOptions<Record<string, unknown>>, 'store' | 'settings'>;

/** Responses and log lines of an endpoint with these options. */
function endpoint(options: Options, settings: Record<string, unknown> = {}) {
  const app = livekit({ store, settings: () => ({ ...demoSettings, ...settings }), ...options });
  const lines: string[] = [];
  async function send(path: string, body?: unknown) {
    const original = { ...console };
    for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
      console[level] = (line: string) => void lines.push(line);
    }
    try {
      const headers = { Authorization: `Bearer ${userToken('user-456')}`, 'Content-Type': 'application/json' };
      const response = await app.request(
        path,
        body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
      );
      return { status: response.status, text: await response.text() };
    } finally {
      Object.assign(console, original);
    }
  }
  return { lines, send, token: () => send('/token', { roomId: ROOM }) };
}

const urlOf = ({ status, text }: { status: number; text: string }) => {
  assert.equal(status, 201, text);
  return JSON.parse(text).url;
};

describe('servers in code', () => {
  test('they replace the settings of a single server, and may be a function of the environment', async () => {
    for (const given of [servers, () => servers, ({ EU }: Record<string, unknown>) => (EU === 1 ? servers : [])]) {
      const { token } = endpoint({ servers: given }, { EU: 1 });
      assert.equal(urlOf(await token()), 'wss://us.example');
    }
    const frozen = livekit({ store, settings: () => Object.freeze({ ...demoSettings }), servers });
    assert.equal((await frozen.request('/health')).status, 401);
  });

  test('with invalid servers no token is issued', async () => {
    for (const wrong of [
      [],
      null,
      {},
      'eu',
      [{}],
      [null],
      [servers[0], servers[0]],
      [{ ...servers[0], keys: [] }],
      [{ ...servers[0], keys: new Map() }],
      [{ ...servers[0], url: new URL('wss://eu.example') }],
      [{ ...servers[0], weight: 2 }],
      () => undefined,
    ]) {
      const { token, lines } = endpoint({ servers: wrong as never });
      assert.deepEqual(await token(), { status: 500, text: NOT_CONFIGURED });
      assert.ok(
        lines.some((line) => JSON.parse(line).message.startsWith('LIVEKIT_SERVERS')),
        lines.join('\n'),
      );
      assert.ok(!lines.join('\n').includes(secretOf('eu')));
    }
    const throws = endpoint({
      servers: () => {
        throw new Error(secretOf('eu'));
      },
    });
    const answer = await throws.token();
    assert.equal(answer.status, 500);
    assert.ok(!answer.text.includes(secretOf('eu')) && !throws.lines.join('\n').includes(secretOf('eu')));
  });
});

describe('the application chooses', () => {
  test('a server by its name; undefined means rendezvous hashing', async () => {
    for (const [choice, url] of [
      ['eu', 'wss://eu.example'],
      ['us', 'wss://us.example'],
      [undefined, 'wss://us.example'],
      [null, 'wss://us.example'],
    ] as const) {
      for (const chooseServer of [() => choice, async () => choice]) {
        const { send, token } = endpoint({ servers, chooseServer });
        const answer = await token();
        assert.equal(urlOf(answer), url);
        const name = url.slice(6, 8);
        const verifier = new TokenVerifier(`key-${name}`, secretOf(name));
        assert.equal(verifier.verifySync(JSON.parse(answer.text).token).video?.room, ROOM);
        const info = await send(`/connection-info?roomId=${ROOM}`);
        assert.deepEqual(info, { status: 200, text: JSON.stringify({ url }) });
        fakes.eu.calls.length = 0;
        fakes.us.calls.length = 0;
        const muted = await send(`/channels/${ROOM}/mute-participant`, { participantIdentity: 'alice', mute: true });
        assert.equal(muted.status, 201);
        assert.deepEqual([fakes.eu.calls.length, fakes.us.calls.length], name === 'eu' ? [2, 0] : [0, 2]);
      }
    }
  });

  test('it gets the room and the environment, once a request, and only if the caller may join', async () => {
    const asked: unknown[] = [];
    const chooseServer: NonNullable<Options['chooseServer']> = (room, env) => {
      asked.push([room, env['REGION']]);
      return 'eu';
    };
    const { send, token } = endpoint({ servers, chooseServer }, { REGION: 'eu-1', LIVEKIT_CREATE_ROOMS: 'true' });
    await token();
    assert.deepEqual(asked, [[ROOM, 'eu-1']]);
    assert.deepEqual(
      [fakes.eu.calls.length, fakes.us.calls.length],
      [1, 0],
      'the room is created where the token is for',
    );
    await send('/token', { roomId: '' });
    await send('/token-source', { room_name: 7 });
    await send('/connection-info?roomId=%00');
    assert.equal(asked.length, 1);
  });

  test('a name that every object inherits is not a server', async () => {
    const { token } = endpoint({
      servers,
      chooseServer: () => 'eu',
      authorize: ({ userId }, { room }) => ({ room, identity: userId, grants: {} }),
    });
    Object.defineProperty(Object.prototype, 'server', { configurable: true, value: 'us' });
    try {
      assert.equal(urlOf(await token()), 'wss://eu.example');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'server');
    }
  });

  test('a value that is not a function is an error at once', () => {
    for (const chooseServer of [null, 'eu', 7, {}, servers]) {
      const options = { servers, chooseServer: chooseServer as never };
      assert.throws(() => endpoint(options), { code: 'not_configured', message: 'chooseServer must be a function' });
    }
  });

  test('any other result is 500 without a token, with a reason in the log, and the next request works', async () => {
    const secret = 'canary-of-the-test';
    let choose: () => unknown = () => 'eu';
    const { lines, send, token } = endpoint({ servers, chooseServer: () => choose() as string });
    const cases: [string, () => unknown, string | undefined][] = [
      ['an unknown name', () => secret, undefined],
      ['another case', () => 'EU', undefined],
      ['an empty name', () => '', undefined],
      ['a number', () => 7, 'type'],
      ['a boolean', () => false, 'type'],
      ['a server', () => servers[0], 'type'],
      ['a String', () => Object('eu'), 'type'],
      ['an array', () => ['eu'], 'type'],
      ['a lone surrogate', () => '\ud800', undefined],
      ['a megabyte', () => 'x'.repeat(1_000_000), undefined],
    ];
    for (const [name, give, reason] of cases) {
      choose = give;
      lines.length = 0;
      assert.deepEqual(await token(), { status: 500, text: UNKNOWN_SERVER }, name);
      const error = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 'error');
      assert.deepEqual([error?.code, error?.reason], ['unknown_server', reason], name);
      assert.equal((await send(`/connection-info?roomId=${ROOM}`)).status, 500, name);
      const muted = await send(`/channels/${ROOM}/mute-participant`, { participantIdentity: 'alice', mute: true });
      assert.equal(muted.status, 500, name);
      assert.ok(!lines.join('\n').includes(secret), name);
      choose = () => 'eu';
      assert.equal(urlOf(await token()), 'wss://eu.example', name);
    }
    assert.deepEqual([fakes.eu.calls, fakes.us.calls], [[], []]);
  });

  test('a function that throws or never settles is 503, or has the status of its own error', async () => {
    const canary = 'canary-of-the-test';
    for (const [give, status] of [
      [() => Promise.reject(canary), 503],
      [
        () => {
          throw new Error(canary);
        },
        503,
      ],
      [() => Promise.reject(new HTTPException(404, { message: 'No such room' })), 404],
      [() => new Promise(() => {}), 503],
    ] as const) {
      const { lines, send, token } = endpoint({ servers, chooseServer: give as never });
      const answers = [await token(), await send(`/connection-info?roomId=${ROOM}`)];
      for (const answer of answers) assert.equal(answer.status, status, answer.text);
      assert.ok(!lines.join('\n').includes(canary) && !JSON.stringify(answers).includes(canary));
    }
    assert.deepEqual([fakes.eu.calls, fakes.us.calls], [[], []]);
  });

  test('a permission may name the server of its token, and the room is created there', async () => {
    const authorize = ({ userId }: { userId: string }, { room }: { room: string }) => ({
      room,
      identity: userId,
      grants: {},
      roomConfig: { maxParticipants: 3 },
      server: room === ROOM ? 'eu' : 'ap',
    });
    const { send, token } = endpoint({ servers, authorize }, { LIVEKIT_CREATE_ROOMS: 'true' });
    assert.equal(urlOf(await token()), 'wss://eu.example');
    assert.deepEqual(fakes.us.calls, []);
    assert.deepEqual(
      fakes.eu.calls.map(({ body }) => body),
      [{ name: ROOM, maxParticipants: 3 }],
    );
    const unknown = await send('/token', { roomId: 'elsewhere' });
    assert.deepEqual(unknown, { status: 500, text: UNKNOWN_SERVER });
  });

  test('chooseServer is not called for a permission that names a server; a name of a wrong type is refused', async () => {
    let server: unknown;
    const authorize = ({ userId }: { userId: string }, { room }: { room: string }) =>
      ({ room, identity: userId, grants: {}, server }) as never;
    let asked = 0;
    const chooseServer = () => {
      asked += 1;
      return 'us';
    };
    const { token, lines } = endpoint({ servers, authorize, chooseServer });
    for (const [named, url, times] of [
      ['eu', 'wss://eu.example', 0],
      [undefined, 'wss://us.example', 1],
      [null, 'wss://us.example', 1],
    ] as const) {
      [server, asked] = [named, 0];
      assert.equal(urlOf(await token()), url);
      assert.equal(asked, times, `${named}`);
    }
    Object.defineProperty(Object.prototype, 'server', { configurable: true, value: 'eu' });
    try {
      [server, asked] = [undefined, 0];
      assert.equal(urlOf(await token()), 'wss://us.example');
      assert.equal(asked, 1, 'a property of Object.prototype names no server');
    } finally {
      delete (Object.prototype as { server?: unknown }).server;
    }
    for (const named of ['', 'ap', 7, {}, ['eu']]) {
      [server, asked] = [named, 0];
      lines.length = 0;
      assert.equal((await token()).status, 500);
      const { code, reason } = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 'error');
      const expected = typeof named === 'string' ? ['unknown_server', undefined] : ['grant_refused', 'server'];
      assert.deepEqual([code, reason, asked], [...expected, 0]);
    }
  });

  test('a single server has a name only in LIVEKIT_SERVERS, and the log says that another name is unknown', async () => {
    const authorize = ({ userId }: { userId: string }, { room }: { room: string }) => ({
      room,
      identity: userId,
      grants: {},
      server: 'eu',
    });
    assert.equal(urlOf(await endpoint({ servers: servers.slice(0, 1), authorize }).token()), 'wss://eu.example');
    for (const options of [{ authorize }, { servers: servers.slice(1), authorize }]) {
      const { token, lines } = endpoint(options);
      assert.deepEqual(await token(), { status: 500, text: UNKNOWN_SERVER });
      assert.ok(lines.some((line) => JSON.parse(line).code === 'unknown_server'));
    }
  });
});

test('RoomService.fromEnv calls the server of the room, or the chosen one', async () => {
  const env = { LIVEKIT_SERVERS: JSON.stringify(servers) };
  await RoomService.fromEnv(env).removeParticipant(ROOM, 'alice');
  assert.deepEqual([fakes.eu.calls.length, fakes.us.calls.length], [0, 1]);
  await RoomService.fromEnv(env, { chooseServer: () => 'eu' }).removeParticipant(ROOM, 'alice');
  assert.deepEqual([fakes.eu.calls.length, fakes.us.calls.length], [1, 1]);
  await RoomService.fromEnv(env).createRoom(ROOM, { maxParticipants: 2 });
  assert.deepEqual(fakes.us.calls.at(-1)?.body, { maxParticipants: 2, name: ROOM });
  const unknown = RoomService.fromEnv(env, { chooseServer: () => 'ap' });
  await assert.rejects(unknown.removeParticipant(ROOM, 'alice'), { status: 500, code: 'unknown_server' });
  const unset = RoomService.fromEnv({});
  await assert.rejects(unset.removeParticipant(ROOM, 'alice'), { status: 500, code: 'not_configured' });
});
