/** Every method of the clients of LiveKit's API against LiveKit's own server, with participants on its signalling socket. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import {
  AccessToken,
  AgentDispatchClient,
  DirectFileOutput,
  EgressClient,
  EncodedFileOutput,
  type LivekitErrorCode,
  ParticipantInfo_State,
  RoomServiceClient,
  ServerError,
  StartEgressRequest,
  TrackSource,
} from 'livekit-edge';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { type Livekit, startLivekit } from '../support/livekit.mjs';
import { Signal } from './support/signal.ts';

/** The server's errors without an egress service, and for calls that need Redis. */
const NOT_THERE = 'Error: twirp error unknown: no response from servers';
const NO_EGRESS = 'Error: twirp error unknown: egress not connected (redis required)';

let livekit: Livekit | undefined;
let skip: string | undefined;
let rooms: RoomServiceClient;
let agents: AgentDispatchClient;
let egress: EgressClient;
before(async () => {
  ({ skip } = await livekitServer());
  if (skip !== undefined) return;
  livekit = await startLivekit({ departureSeconds: 1 });
  const { url, apiKey, apiSecret } = livekit;
  rooms = new RoomServiceClient(url, apiKey, apiSecret);
  agents = new AgentDispatchClient(url, apiKey, apiSecret);
  // The server itself waits ten seconds for an egress service, as long as the default timeout of a client.
  egress = new EgressClient(url, apiKey, apiSecret, { requestTimeout: 60 });
});
after(() => livekit?.stop());

/** A test that needs the server, and is skipped without it. */
const it = (title: string, check: (server: Livekit, t: TestContext) => Promise<void>) =>
  test(title, (t) => (livekit === undefined ? t.skip(skip) : check(livekit, t)));

async function join({ url, apiKey, apiSecret }: Livekit, t: TestContext, room: string, identity: string) {
  const token = new AccessToken(apiKey, apiSecret, { identity });
  token.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true });
  const signal = await Signal.open(url, token.toJwtSync());
  t.after(() => signal.close());
  const { participant } = await signal.receives('join');
  return { signal, sid: participant?.sid ?? '' };
}

const failsWith = (acting: Promise<unknown>, code: LivekitErrorCode, status: number) =>
  assert.rejects(acting, (error: unknown) => {
    assert.ok(error instanceof ServerError, String(error));
    assert.deepEqual([error.code, error.status], [code, status], String(error.cause));
    return true;
  });

describe('rooms', () => {
  it('are created, listed, changed and deleted', async () => {
    const created = await rooms.createRoom({
      name: 'lobby',
      emptyTimeout: 60,
      departureTimeout: 5,
      maxParticipants: 3,
      metadata: 'm',
    });
    const { sid, name, emptyTimeout, departureTimeout, maxParticipants, metadata } = created;
    assert.match(sid, /^RM_/);
    assert.deepEqual([name, emptyTimeout, departureTimeout, maxParticipants, metadata], ['lobby', 60, 5, 3, 'm']);
    await rooms.createRoom({ name: 'attic' });
    assert.deepEqual((await rooms.listRooms()).map(({ name }) => name).sort(), ['attic', 'lobby']);
    assert.deepEqual(
      (await rooms.listRooms(['lobby', 'cellar'])).map(({ sid }) => sid),
      [sid],
    );
    assert.equal((await rooms.updateRoomMetadata('lobby', 'Ünï ✓ 🦑')).metadata, 'Ünï ✓ 🦑');
    assert.equal((await rooms.listRooms(['lobby']))[0]?.metadata, 'Ünï ✓ 🦑');
    for (const room of ['lobby', 'attic']) await rooms.deleteRoom(room);
    assert.deepEqual(await rooms.listRooms(), []);
  });

  it('that are not running are not found, or empty', async () => {
    await failsWith(rooms.deleteRoom('cellar'), 'not_found', 404);
    await failsWith(rooms.updateRoomMetadata('cellar', 'm'), 'not_found', 404);
    assert.deepEqual(await rooms.listParticipants('cellar'), []);
    assert.deepEqual(await rooms.listRooms(['cellar']), []);
  });
});

describe('participants', () => {
  it('are listed, found, updated in both forms, and removed', async (server, t) => {
    const { signal, sid } = await join(server, t, 'lobby', 'alice');
    await join(server, t, 'lobby', 'bob');
    const all = await rooms.listParticipants('lobby');
    assert.deepEqual(all.map(({ identity }) => identity).sort(), ['alice', 'bob']);
    const alice = await rooms.getParticipant('lobby', 'alice');
    assert.equal(alice.sid, sid);
    assert.ok([ParticipantInfo_State.JOINED, ParticipantInfo_State.ACTIVE].includes(alice.state));

    const attributes = { team: 'blue', snake_case: 'kept' };
    const permission = { canSubscribe: true, canPublish: true, canPublishSources: [TrackSource.CAMERA] };
    await rooms.updateParticipant('lobby', 'alice', { attributes, metadata: 'm', permission, name: 'Alice' });
    const changed = await rooms.getParticipant('lobby', 'alice');
    assert.deepEqual([changed.name, changed.metadata, { ...changed.attributes }], ['Alice', 'm', attributes]);
    assert.deepEqual(changed.permission?.canPublishSources, [TrackSource.CAMERA]);
    const isTold = (participants: { sid: string; metadata: string }[]) =>
      participants.some((participant) => participant.sid === sid && participant.metadata === 'm');
    await signal.receives('update', ({ participants }) => isTold(participants));

    await rooms.updateParticipant('lobby', 'alice', 'n', { canSubscribe: false, canPublishData: true }, 'Alice A.');
    await rooms.updateParticipant('lobby', 'alice', { attributes: { team: '' } });
    const { name, metadata, permission: last, attributes: left } = await rooms.getParticipant('lobby', 'alice');
    assert.deepEqual([name, metadata, { ...left }], ['Alice A.', 'n', { snake_case: 'kept' }]);
    assert.deepEqual([last?.canSubscribe, last?.canPublish, last?.canPublishData], [false, false, true]);

    await rooms.removeParticipant('lobby', 'alice', { revokeTokenTs: BigInt(Math.floor(Date.now() / 1000)) });
    await rooms.removeParticipant('lobby', 'bob');
    await failsWith(rooms.getParticipant('lobby', 'alice'), 'not_found', 404);
  });

  it('that are not in the room are not found', async (server, t) => {
    await join(server, t, 'lobby', 'carol');
    for (const [room, identity] of [
      ['lobby', 'nobody'],
      ['cellar', 'carol'],
      ['lobby', 'CAROL'],
      ['lobby', ''],
    ] as const) {
      await failsWith(rooms.getParticipant(room, identity), 'not_found', 404);
      await failsWith(rooms.removeParticipant(room, identity), 'not_found', 404);
      await failsWith(rooms.updateParticipant(room, identity, 'm'), 'not_found', 404);
    }
    assert.equal((await rooms.getParticipant('lobby', 'carol')).identity, 'carol');
    await rooms.deleteRoom('lobby');
  });
});

describe('methods that need LiveKit Cloud or an egress service', () => {
  it('moving and forwarding a participant are not implemented', async (server, t) => {
    await join(server, t, 'lobby', 'frank');
    for (const name of ['moveParticipant', 'forwardParticipant'] as const) {
      const error = await rooms[name]('lobby', 'frank', 'attic').catch((error: unknown) => error);
      assert.ok(error instanceof ServerError);
      assert.deepEqual([error.code, error.status], ['unknown', 500]);
      assert.match(`${error.cause}`, /not implemented/);
    }
    assert.equal((await rooms.getParticipant('lobby', 'frank')).identity, 'frank');
  });

  it('all of egress is unavailable', async () => {
    const file = new EncodedFileOutput({ filepath: '{room_name}/{time}' });
    const media = new StartEgressRequest({ roomName: 'lobby', source: { case: 'media', value: {} } });
    const starts = [
      egress.startRoomCompositeEgress('lobby', { file }, { layout: 'grid', audioOnly: true }),
      egress.startWebEgress('https://example.com', { file }),
      egress.startParticipantEgress('lobby', 'frank', { file }),
      egress.startTrackCompositeEgress('lobby', file, { audioTrackId: 'TR_1' }),
      egress.startTrackEgress('lobby', new DirectFileOutput({ filepath: 'track' }), 'TR_1'),
      egress.startEgress(media),
    ];
    const others = [
      egress.listEgress({ roomName: 'lobby' }),
      egress.listEgress(),
      egress.stopEgress('EG_1'),
      egress.updateLayout('EG_1', 'grid'),
      egress.updateStream('EG_1', ['rtmp://127.0.0.1/live']),
    ];
    const errors = await Promise.all([...starts, ...others].map((act) => act.catch((error: unknown) => error)));
    for (const [at, error] of errors.entries()) {
      assert.ok(error instanceof ServerError, `${at}: ${error}`);
      const outcome = [error.code, error.status, `${error.cause}`];
      assert.deepEqual(outcome, at < starts.length ? ['unavailable', 503, NOT_THERE] : ['internal', 500, NO_EGRESS]);
    }
  });
});

describe('dispatches of agents', () => {
  it('are created, found, listed and deleted', async () => {
    const { id, agentName, room, metadata } = await agents.createDispatch('attic', 'concierge', { metadata: 'm' });
    assert.match(id, /^AD_/);
    assert.deepEqual([agentName, room, metadata], ['concierge', 'attic', 'm']);
    assert.equal((await agents.getDispatch(id, 'attic'))?.agentName, 'concierge');
    assert.ok((await agents.listDispatch('attic')).some((dispatch) => dispatch.id === id));
    await agents.deleteDispatch(id, 'attic');
    assert.ok(!(await agents.listDispatch('attic')).some((dispatch) => dispatch.id === id));
    assert.equal(await agents.getDispatch(id, 'attic'), undefined);
    await failsWith(agents.deleteDispatch(id, 'attic'), 'not_found', 404);
  });
});

describe('tokens', () => {
  it('with another secret or an unknown key are refused, and the error contains nothing of them', async (server) => {
    const { url, apiKey, apiSecret } = server;
    for (const [key, secret] of [
      [apiKey, 'another secret of thirty-two bytes'],
      ['another', apiSecret],
    ]) {
      const error = await new RoomServiceClient(url, key, secret).listRooms().catch((error: unknown) => error);
      assert.ok(error instanceof ServerError);
      assert.deepEqual([error.code, error.status, error.cause], ['unauthenticated', 401, undefined]);
      assert.doesNotMatch(inspect(error, { depth: 9 }), /eyJ|another secret/);
    }
  });

  it('of the caller are sent unchanged, and decide', async ({ url, apiKey, apiSecret }) => {
    const token = new AccessToken(apiKey, apiSecret, { ttl: 60 });
    token.addGrant({ roomAdmin: true, room: 'lobby' });
    const client = new RoomServiceClient(url, undefined, undefined, { token: token.toJwtSync() });
    assert.ok(Array.isArray(await client.listParticipants('lobby')));
    await failsWith(client.listParticipants('attic'), 'unauthenticated', 401);
    await failsWith(client.listRooms(), 'unauthenticated', 401);
  });
});
