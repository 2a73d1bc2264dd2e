/** Clients of LiveKit's API: the errors if a server or proxy does not answer correctly. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { LivekitException, RoomServiceClient, ServerError } from 'livekit-edge';
import { type Behaviour, type FakeLivekit, json, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { MISBEHAVIOURS } from '../server-parts/misbehaviours.ts';

const KEY = 'devkey';
const SECRET = 'a secret of thirty-two bytes or more';

let livekit: FakeLivekit;
let rooms: RoomServiceClient;
before(async () => {
  livekit = await startFakeLivekit();
  rooms = new RoomServiceClient(livekit.url, KEY, SECRET);
});
after(() => livekit.stop());
beforeEach(() => {
  livekit.calls.length = 0;
  livekit.behaviours.clear();
  livekit.participants.set('alice', { identity: 'alice', tracks: [] });
});

const rejection = (acting: Promise<unknown>): Promise<unknown> =>
  acting.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error,
  );

/** Rejects with a `ServerError` that contains nothing of a token, a secret or an argument. */
async function assertFails(acting: Promise<unknown>, code: string, status: number, reason?: string) {
  const error = await rejection(acting);
  assert.ok(error instanceof ServerError && error instanceof LivekitException, String(error));
  const { name, violations, error: label } = error;
  assert.deepEqual([error.code, error.status, error.reason], [code, status, reason]);
  assert.deepEqual([name, violations, label], ['ServerError', [], undefined]);
  assert.deepEqual(error.body, { statusCode: status, message: error.message });
  for (const text of [SECRET, 'eyJ', 'Bearer']) assert.ok(!inspect(error, { depth: 9 }).includes(text), text);
  for (const text of ['alice', 'lobby', 'upstream']) assert.ok(!`${error}${JSON.stringify(error)}`.includes(text));
  return error;
}

/** Code and status of a response that is not Twirp's, or has no `code`. */
const EXPECTED: Record<string, [code: string, status: number]> = {
  '500': ['internal', 500],
  '503': ['unavailable', 503],
  '502 of a proxy': ['unavailable', 502],
  '404 of a proxy': ['bad_route', 404],
  '404 for no such route': ['bad_route', 404],
  '404 without a body': ['bad_route', 404],
  '401': ['unauthenticated', 401],
  '401 in plain text': ['unauthenticated', 401],
  '429': ['resource_exhausted', 429],
  '500 with 17 MB': ['unknown', 500],
};

describe('after each misbehaviour the next valid call works', () => {
  for (const { name, behave, reason } of MISBEHAVIOURS) {
    test(name, async () => {
      const isUnreachable = reason === 'livekit_unreachable';
      const [code, status] = EXPECTED[name] ?? [isUnreachable ? 'livekit_unavailable' : 'unknown', 502];
      livekit.behaviours.set('GetParticipant', behave);
      await assertFails(rooms.getParticipant('lobby', 'alice'), code, status, reason);
      livekit.behaviours.set('RemoveParticipant', behave);
      await assertFails(rooms.removeParticipant('lobby', 'alice'), code, status, reason);
      livekit.behaviours.clear();
      assert.equal((await rooms.getParticipant('lobby', 'alice')).identity, 'alice');
    });
  }

  test('every expectation has a misbehaviour', () => {
    const names = MISBEHAVIOURS.map(({ name }) => name);
    for (const name of Object.keys(EXPECTED)) assert.ok(names.includes(name), name);
  });

  test('no response, or a part of one, in time', async () => {
    const hasty = new RoomServiceClient(livekit.url, KEY, SECRET, { requestTimeout: 0.2 });
    const half: Behaviour = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    };
    for (const behave of [() => {}, half]) {
      livekit.behaviours.set('GetParticipant', behave);
      const { message } = await assertFails(hasty.getParticipant('lobby', 'alice'), 'livekit_timeout', 504);
      assert.equal(message, 'LiveKit did not answer in time');
    }
    livekit.behaviours.clear();
    await rooms.getParticipant('lobby', 'alice');
  });

  test('a server that is down', async () => {
    const other = await startFakeLivekit();
    await other.stop();
    const down = new RoomServiceClient(other.url, KEY, SECRET);
    await assertFails(down.listRooms(), 'livekit_unavailable', 502, 'livekit_unreachable');
  });

  test('a message of a wrong shape', async () => {
    for (const answer of [{ identity: 7 }, { tracks: {} }, { tracks: [7] }, { sid: ['PA_1'] }, { joinedAt: 'x' }]) {
      livekit.behaviours.set('GetParticipant', (response) => json(response, 200, answer));
      await assertFails(rooms.getParticipant('lobby', 'alice'), 'unknown', 502, 'livekit_garbage');
    }
    livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 200, {}));
    const muted = rooms.mutePublishedTrack('lobby', 'alice', 'TR_1', true);
    await assertFails(muted, 'unknown', 502, 'livekit_garbage');
    livekit.behaviours.set('ListRooms', (response) => json(response, 200, { rooms: { a: 1 } }));
    await assertFails(rooms.listRooms(), 'unknown', 502, 'livekit_garbage');
  });
});

describe("the server's text of an error", () => {
  const says = (status: number, body: unknown) =>
    livekit.behaviours.set('GetParticipant', (response) => json(response, status, body));

  test('is the cause, and its details are the metadata', async () => {
    says(404, { code: 'not_found', msg: 'participant alice does not exist', meta: { room: 'x', odd: 7, none: null } });
    const error = await assertFails(rooms.getParticipant('lobby', 'bob'), 'not_found', 404, 'livekit_refused');
    assert.equal(error.message, 'LiveKit refused the call: not_found');
    assert.equal((error.cause as Error).message, 'participant alice does not exist');
    assert.deepEqual(error.metadata, { room: 'x' });
  });

  test('has no code but one of Twirp', async () => {
    for (const code of ['moon_landed', 'livekit_timeout', '__proto__', 7, null, ['not_found'], undefined]) {
      says(404, { code, msg: 7, meta: 'x' });
      const error = await assertFails(rooms.getParticipant('lobby', 'bob'), 'bad_route', 404, 'livekit_refused');
      assert.deepEqual([error.cause, error.metadata], [undefined, undefined]);
      says(418, { code });
      await assertFails(rooms.getParticipant('lobby', 'bob'), 'unknown', 418, 'livekit_refused');
    }
  });

  test('is shortened', async () => {
    says(400, { code: 'malformed', msg: 'x'.repeat(100_000), meta: { a: 'y'.repeat(100_000) } });
    const error = await assertFails(rooms.getParticipant('lobby', 'bob'), 'malformed', 400, 'livekit_refused');
    assert.deepEqual([(error.cause as Error).message.length, error.metadata?.['a']?.length], [1000, 1000]);
  });

  test('is left out if it quotes the token', async () => {
    for (const isJson of [true, false]) {
      let token = '';
      livekit.behaviours.set('GetParticipant', (response, { headers }) => {
        token = headers.authorization?.replace('Bearer ', '') ?? '';
        const msg = `invalid token: ${token}, error: signature is invalid`;
        if (isJson) json(response, 401, { code: 'unauthenticated', msg, meta: { token: msg, [msg]: 'x', a: 'b' } });
        else response.writeHead(401, { 'content-type': 'text/plain' }).end(msg);
      });
      const error = await assertFails(rooms.getParticipant('lobby', 'bob'), 'unauthenticated', 401, 'livekit_refused');
      assert.equal(error.cause, undefined);
      assert.deepEqual(error.metadata, isJson ? { a: 'b' } : undefined);
      assert.ok(token !== '' && !inspect(error, { depth: 9 }).includes(token));
    }
  });
});

test("an application's tests can create the error as with the SDK", () => {
  const error = new ServerError('Not Found', 'participant does not exist', 404, 'not_found', { a: 'b' });
  assert.deepEqual(
    [error.name, error.message, error.status, error.code, error.metadata],
    ['Not Found', 'participant does not exist', 404, 'not_found', { a: 'b' }],
  );
  const { code, metadata } = new ServerError('Bad Gateway', 'upstream', 502);
  assert.deepEqual([code, metadata], ['unknown', undefined]);
});
