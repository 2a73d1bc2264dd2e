// One program with every call of LiveKit's API, run with LiveKit's SDK and with livekit-edge: both send the same requests, with the same grants.
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { after, before, beforeEach, describe, test } from 'node:test';
import * as livekitEdge from 'livekit-edge';
import * as livekitServerSdk from 'livekit-server-sdk';
import { type Asked, startRecordingLivekit } from './recording-livekit.ts';
import { claimsOf, KEY, SECRET } from './support.ts';

type Program = typeof import('./api-clients.ts');

const WITH_EDGE = './api-clients.ts?livekit-edge';
registerHooks({
  resolve: (specifier, context, next) => {
    const isChanged = specifier === 'livekit-server-sdk' && context.parentURL?.endsWith('?livekit-edge');
    return next(isChanged ? 'livekit-edge' : specifier, context);
  },
});
const sdk: Program = await import('./api-clients.ts');
const edge: Program = await import(WITH_EDGE);

let livekit: Awaited<ReturnType<typeof startRecordingLivekit>>;
before(async () => {
  livekit = await startRecordingLivekit();
});
after(() => livekit.stop());
beforeEach(() => {
  livekit.asked.length = 0;
  livekit.refusals.length = 0;
});

/** The result as JSON, with its class, because a program calls its methods. */
const plain = (result: unknown): unknown => {
  if (Array.isArray(result)) return result.map(plain);
  if (typeof result !== 'object' || result === null || !('toJson' in result)) return result;
  const message = result as { toJson(): unknown; getType(): { typeName: string } };
  return { type: message.getType().typeName, json: message.toJson() };
};

/** The compared parts of a request: all but the random nonce of a data message, whose length is compared. */
function comparable({ path, body, headers }: Asked) {
  const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
  const { iss, sub, video, exp = 0, nbf = 0 } = claimsOf(token);
  const nonce = typeof body['nonce'] === 'string' ? Buffer.from(body['nonce'], 'base64').length : undefined;
  const type = headers['content-type']?.split(';')[0];
  return { path, type, body: { ...body, nonce }, iss, sub, video, seconds: exp - nbf };
}

async function outcome(program: Program, name: string, token?: string) {
  livekit.asked.length = 0;
  const keys = token === undefined ? [KEY, SECRET] : [];
  const options = token === undefined ? {} : { token };
  const clients = program.createClients(`ws://${livekit.host}`, keys[0], keys[1], options);
  const result = await program.calls[name]?.(clients);
  return { result: plain(result), asked: [...livekit.asked] };
}

test('the programs differ only in their import', () => {
  assert.equal(sdk.RoomServiceClient, livekitServerSdk.RoomServiceClient);
  assert.equal(edge.RoomServiceClient, livekitEdge.RoomServiceClient);
});

test('every method of the SDK is called', () => {
  const called = Object.keys(sdk.calls).map((name) => name.split(/[ ,]/)[0]);
  for (const client of [
    livekitServerSdk.RoomServiceClient,
    livekitServerSdk.AgentDispatchClient,
    livekitServerSdk.EgressClient,
  ]) {
    // Private in its types.
    const helpers = ['constructor', 'getOutputParams'];
    const methods = Object.getOwnPropertyNames(client.prototype).filter((name) => !helpers.includes(name));
    for (const method of methods.filter((name) => !/^is[A-Z]/.test(name))) assert.ok(called.includes(method), method);
  }
});

for (const name of Object.keys(sdk.calls)) {
  test(`the same request and result: ${name}`, async () => {
    const [theirs, ours] = [await outcome(sdk, name), await outcome(edge, name)];
    assert.equal(theirs.asked.length, 1);
    assert.deepEqual(ours.asked.map(comparable), theirs.asked.map(comparable));
    assert.deepEqual(ours.result, theirs.result);
  });
}

/** The grants of a method; the others have `roomAdmin` for their room. */
const GRANTS: Record<string, object> = {
  CreateRoom: { roomCreate: true },
  DeleteRoom: { roomCreate: true },
  ListRooms: { roomList: true },
  ForwardParticipant: { roomAdmin: true, room: 'lobby é', destinationRoom: 'attic' },
  MoveParticipant: { roomAdmin: true, room: 'lobby é', destinationRoom: 'attic' },
};

test('no call has more grants than its method and room need, or a token for longer than ten minutes', async () => {
  for (const name of Object.keys(edge.calls)) {
    const [asked] = (await outcome(edge, name)).asked;
    const { path = '', video, sub, seconds } = comparable(asked ?? assert.fail(name));
    const [service, method = ''] = path.split('/').slice(-2);
    const others = service === 'livekit.Egress' ? { roomRecord: true } : { roomAdmin: true, room: 'lobby é' };
    assert.deepEqual([video, sub, seconds], [GRANTS[method] ?? others, undefined, 600], name);
  }
});

test('a token of the caller is sent unchanged, and needs no key', async () => {
  for (const program of [sdk, edge]) {
    for (const name of Object.keys(program.calls)) {
      const { asked } = await outcome(program, name, 'a.b.c');
      assert.deepEqual(
        asked.map(({ headers }) => headers.authorization),
        ['Bearer a.b.c'],
      );
    }
  }
});

test('the header of a call can be requested', async () => {
  for (const program of [sdk, edge]) {
    const { rooms } = program.createClients(`https://${livekit.host}`, KEY, SECRET);
    const { Authorization = '', ...others } = await rooms.authHeader({ roomList: true }, { admin: true });
    const { video, sip } = claimsOf(Authorization.replace('Bearer ', ''));
    assert.deepEqual([video, sip, others], [{ roomList: true }, { admin: true }, {}]);
  }
});

describe('a refusal of the server', () => {
  const refusals = [
    { status: 404, body: { code: 'not_found', msg: 'participant does not exist' } },
    { status: 401, body: { code: 'unauthenticated', msg: 'permissions denied', meta: { cause: 'expired' } } },
    { status: 412, body: { code: 'failed_precondition', msg: 'remote unmute not enabled', meta: {} } },
    { status: 503, body: { code: 'unavailable', msg: 'no response from servers' } },
    { status: 500, body: { code: 'internal', msg: 'egress not connected (redis required)' } },
  ];
  for (const refusal of refusals) {
    test(`is the same error: ${refusal.body.code}`, async () => {
      const [theirs, ours] = [await rejection(sdk, refusal), await rejection(edge, refusal)];
      const { code, meta } = refusal.body as { code: string; meta?: object };
      assert.deepEqual(edge.describe(ours), { status: refusal.status, code, metadata: meta });
      assert.deepEqual(edge.describe(ours), sdk.describe(theirs));
    });
  }
});

async function rejection(program: Program, refusal: { status: number; body: unknown }): Promise<unknown> {
  livekit.refusals.push(refusal);
  const { rooms } = program.createClients(`http://${livekit.host}`, KEY, SECRET);
  return rooms.getParticipant('lobby', 'alice').then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error,
  );
}
