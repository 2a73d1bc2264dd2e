/** Clients of LiveKit's API: invalid arguments and options. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { DataPacket_Kind } from '@livekit/protocol';
import { AgentDispatchClient, EgressClient, LivekitException, RoomServiceClient, ServerError } from 'livekit-edge';
import { untyped } from '../sdk/support.ts';
import { type FakeLivekit, startFakeLivekit } from '../server-parts/fake-livekit.ts';

const KEY = 'devkey';
const SECRET = 'a secret of thirty-two bytes or more';

let livekit: FakeLivekit;
let rooms: RoomServiceClient;
before(async () => {
  livekit = await startFakeLivekit();
  livekit.participants.set('alice', { identity: 'alice', tracks: [] });
  rooms = new RoomServiceClient(livekit.url, KEY, SECRET);
});
after(() => livekit.stop());

describe('arguments', () => {
  afterEach(() => assert.deepEqual(livekit.calls.splice(0), [], 'a request was sent'));

  test('of a wrong type are 400, and not in the message', async () => {
    const { url } = livekit;
    const agents = new AgentDispatchClient(url, KEY, SECRET);
    const egress = new EgressClient(url, KEY, SECRET);
    const throws = {
      get metadata() {
        throw new Error('canary');
      },
    };
    const acts: Record<string, () => Promise<unknown>> = {
      'a number as identity': () => rooms.getParticipant('lobby', untyped(4711)),
      'a number as room': () => rooms.getParticipant(untyped(4711), 'alice'),
      'a string as boolean': () => rooms.mutePublishedTrack('lobby', 'alice', 'TR_1', untyped('canary')),
      'a string as list': () => rooms.updateSubscriptions('lobby', 'alice', untyped('canary'), true),
      'a string as data': () => rooms.sendData('lobby', untyped('canary'), DataPacket_Kind.RELIABLE),
      'no options of a room': () => rooms.createRoom(untyped(undefined)),
      'no name of a room': () => rooms.createRoom({ name: '' }),
      'no name of a room to delete': () => rooms.deleteRoom(''),
      'a number as name of a room': () => rooms.createRoom({ name: untyped(4711) }),
      'a string as seconds': () => rooms.createRoom({ name: 'lobby', emptyTimeout: untyped('canary') }),
      'a getter that throws': () => rooms.updateParticipant('lobby', 'alice', untyped(throws)),
      'null as options': () => rooms.updateParticipant('lobby', 'alice', untyped(null)),
      'a number as agent': () => agents.createDispatch('lobby', untyped(4711)),
      'a number as dispatch': () => agents.getDispatch(untyped(4711), 'lobby'),
      'no output': () => egress.startRoomCompositeEgress('lobby', untyped(undefined)),
      'a number as id': () => egress.stopEgress(untyped(4711)),
      'a number as URL': () => egress.startWebEgress(untyped(4711), {}),
    };
    for (const [name, act] of Object.entries(acts)) {
      const error = await act().then(
        () => assert.fail(`${name}: it succeeded`),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof LivekitException && !(error instanceof ServerError), `${name}: ${error}`);
      assert.equal(error.status, 400, name);
      assert.ok(!/4711|canary/.test(`${error}${JSON.stringify(error.body)}`), `${name}: ${error}`);
    }
  });

  test('for which no token can be issued are 400', async () => {
    for (const room of ['', 'x'.repeat(257), '\ud800']) {
      const error = await rooms.listParticipants(room).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof LivekitException && error.status === 400, `${room.length}: ${error}`);
    }
    const error = await rooms.moveParticipant('lobby', 'alice', '\ud800').catch((thrown: unknown) => thrown);
    assert.ok(error instanceof LivekitException && error.status === 400, `${error}`);
  });

  test('host: ws, wss, http and https, with or without a path; no other value', () => {
    for (const host of ['ws://h', 'wss://h/', 'http://h:7880', 'https://h/sfu/'])
      new RoomServiceClient(host, KEY, SECRET);
    for (const host of ['', ' ', 'h', 'h:7880', 'ftp://h', 'https://u:p@h', 'file:///h', null, undefined, 7, {}]) {
      for (const Client of [RoomServiceClient, AgentDispatchClient, EgressClient]) {
        assert.throws(() => new Client(untyped(host), KEY, SECRET), {
          code: 'not_configured',
          message: 'LiveKit URL invalid',
          path: 'host',
        });
      }
    }
  });

  test('key and secret: those of the environment if undefined; never blank', () => {
    const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = process.env;
    assert.ok(LIVEKIT_API_KEY === undefined && LIVEKIT_API_SECRET === undefined);
    for (const Client of [RoomServiceClient, AgentDispatchClient, EgressClient]) {
      const expected = { code: 'not_configured', message: 'api-key and api-secret must be set' };
      for (const [key, secret] of [[], [KEY], [undefined, SECRET], ['', SECRET], [KEY, ' '], [KEY, '\ufeff']]) {
        assert.throws(() => new Client('ws://h', key, secret), expected);
        if (key === undefined) continue;
        assert.throws(() => new Client('ws://h', key, secret, { token: '' }), expected);
      }
      assert.throws(() => new Client('ws://h', untyped(7), SECRET), expected);
      Object.assign(process.env, { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET });
      try {
        new Client('ws://h');
      } finally {
        delete process.env['LIVEKIT_API_KEY'];
        delete process.env['LIVEKIT_API_SECRET'];
      }
    }
  });

  test('options: a positive timeout, and a token that a header can contain', () => {
    const refuse = (options: unknown, path: string, keys = [KEY, SECRET]) =>
      assert.throws(
        () => new RoomServiceClient('ws://h', keys[0], keys[1], untyped(options)),
        (error: unknown) => {
          assert.ok(error instanceof LivekitException);
          assert.deepEqual([error.code, error.path, error.cause], ['not_configured', path, undefined]);
          assert.ok(!inspect(error).includes('canary'));
          return true;
        },
      );
    for (const requestTimeout of [0, -1, Number.NaN, Infinity, 1e10, '5', null, 1n, {}]) {
      refuse({ requestTimeout }, 'requestTimeout');
    }
    for (const token of ['canary\n', ' canary', 'canary canary', 'cänary', 7, {}, null]) refuse({ token }, 'token', []);
    for (const options of [undefined, null, {}, { requestTimeout: undefined, failover: undefined, token: undefined }]) {
      new RoomServiceClient('ws://h', KEY, SECRET, untyped(options));
    }
    new RoomServiceClient('ws://h', undefined, undefined, { token: 'a.b-c_d.e' });
  });
});

test('a client shows no secret, and works behind a Proxy', async () => {
  for (const client of [rooms, new RoomServiceClient(livekit.url, undefined, undefined, { token: 'canary.b.c' })]) {
    const shown = `${inspect(client, { depth: 9, showHidden: true })}${JSON.stringify(client)}`;
    assert.ok(!shown.includes(SECRET) && !shown.includes('canary'), shown);
    const proxied = new Proxy(client, {});
    assert.equal((await proxied.getParticipant('lobby', 'alice')).identity, 'alice');
  }
});
