/** RoomService's lists of rooms and participants: the calls to LiveKit, and how responses are parsed. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { TokenVerifier } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { serviceSettings } from '../../pkg/dist/config.js';
import { listServerRooms } from '../../pkg/dist/server/livekit/rooms-of-servers.js';
import { createRules } from '../../pkg/dist/server/rules.js';
import { type ListedRooms, listedParticipant, listRoomsOn } from '../support/listed-rooms.ts';
import { secretOf } from '../support/servers.ts';
import { type FakeLivekit, json, startFakeLivekit } from './fake-livekit.ts';
import { assertRejects, MISBEHAVIOURS } from './misbehaviours.ts';
import { KEY, SECRET } from './with-room-service.ts';

const ROOM = 'room-of-the-test';
const LIST = 'Failed to list rooms';
const PARTICIPANTS = 'Failed to list participants';

let livekit: FakeLivekit;
let service: RoomService;
let rooms: ListedRooms;
before(async () => {
  livekit = await startFakeLivekit();
  service = RoomService.fromEnv({ LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET });
});
after(() => livekit.stop());
beforeEach(() => {
  livekit.calls.length = 0;
  livekit.behaviours.clear();
  ({ rooms } = listRoomsOn(livekit));
});

/** The called methods, and the grants of their tokens. */
const asked = () =>
  livekit.calls.splice(0).map(({ path, body, headers }) => {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    return [path.split('/').at(-1), body, new TokenVerifier(KEY, SECRET).verifySync(token).video];
  });

test('participants are returned as LiveKit lists them, with a token for that room only', async () => {
  const participants = [listedParticipant('PA_1', 'a', { metadata: 'm' }), listedParticipant('PA_2', 'b')];
  rooms.set(ROOM, { sid: 'RM_1', participants });
  assert.deepEqual(await service.listParticipants(ROOM), participants);
  assert.deepEqual(asked(), [['ListParticipants', { room: ROOM }, { roomAdmin: true, room: ROOM }]]);
  assert.deepEqual(await service.listParticipants('another'), []);
  livekit.behaviours.set('ListParticipants', (response) => json(response, 200, {}));
  assert.deepEqual(await service.listParticipants(ROOM), [], 'a field with its default may be absent');
});

test('a room is found by its name, with a token that may list', async () => {
  rooms.set(ROOM, { sid: 'RM_1', participants: [] }).set('another', { sid: 'RM_2', participants: [] });
  assert.deepEqual(await service.findRoom(ROOM), { sid: 'RM_1', name: ROOM, num_participants: 0 });
  assert.deepEqual(asked(), [['ListRooms', { names: [ROOM] }, { roomList: true }]]);
  assert.equal(await service.findRoom('unknown'), undefined);
});

test('another room than the requested one is malformed', async () => {
  const own = { sid: 'RM_1', name: ROOM };
  const other = { sid: 'RM_2', name: 'another' };
  for (const answer of [[other], [own, other], [own, own], [{ ...own, name: `${ROOM}\0` }]]) {
    livekit.behaviours.set('ListRooms', (response) => json(response, 200, { rooms: answer }));
    await assertRejects(service.findRoom(ROOM), { text: LIST, reason: 'livekit_garbage' });
  }
});

describe('an invalid list is malformed', () => {
  const wrong = [7, 'x', true, {}, [null], [7], [[]], [{}], [{ sid: '' }], [{ sid: 7, identity: 'a', name: 'a' }]];
  for (const list of wrong) {
    test(JSON.stringify(list), async () => {
      livekit.behaviours.set('ListRooms', (response) => json(response, 200, { rooms: list }));
      livekit.behaviours.set('ListParticipants', (response) => json(response, 200, { participants: list }));
      await assertRejects(service.findRoom(ROOM), { text: LIST, reason: 'livekit_garbage' });
      await assertRejects(service.listParticipants(ROOM), { text: PARTICIPANTS, reason: 'livekit_garbage' });
    });
  }
});

describe('after each misbehaviour the next valid call works', () => {
  for (const { name, behave, reason } of MISBEHAVIOURS) {
    test(name, async () => {
      rooms.set(ROOM, { sid: 'RM_1', participants: [] });
      livekit.behaviours.set('ListRooms', behave).set('ListParticipants', behave);
      const secrets = [ROOM, '127.0.0.1', 'Bearer', 'eyJ', 'upstream'];
      await assertRejects(service.findRoom(ROOM), { text: LIST, reason }, secrets);
      await assertRejects(service.listParticipants(ROOM), { text: PARTICIPANTS, reason }, secrets);
      ({ rooms } = listRoomsOn(livekit));
      assert.deepEqual([await service.findRoom(ROOM), await service.listParticipants(ROOM)], [undefined, []]);
    });
  }
});

test('without a token that may list, finding a room is not configured', async () => {
  const unset = new RoomService({ url: livekit.url, adminToken: () => 'a.b.c' });
  const expected = { status: 500, code: 'not_configured', text: 'LiveKit credentials not configured' } as const;
  await assertRejects(unset.findRoom(ROOM), expected);
  await assert.rejects(unset.findRoom(ROOM), { path: 'listRoomsToken' });
  assert.deepEqual(livekit.calls, []);
});

test('the rooms of every server are listed, with the reason if one does not answer', async (t) => {
  const other = await startFakeLivekit();
  t.after(() => other.stop().catch(() => {}));
  const servers = [
    { name: 'eu', url: livekit.url, keys: `key-eu: ${secretOf('eu')}` },
    { name: 'us', url: other.url, keys: `key-us: ${secretOf('us')}` },
  ];
  const rules = createRules(serviceSettings({ LIVEKIT_SERVERS: servers }));
  try {
    rooms.set('a', { sid: 'RM_1', participants: [] });
    listRoomsOn(other).rooms.set('b', { sid: 'RM_2', participants: [{}] });
    const room = (sid: string, name: string, num_participants: number) => ({ sid, name, num_participants });
    assert.deepEqual(await listServerRooms(rules), [
      { server: 'eu', rooms: [room('RM_1', 'a', 0)] },
      { server: 'us', rooms: [room('RM_2', 'b', 1)] },
    ]);
    const token = other.calls[0]?.headers.authorization?.replace(/^Bearer /, '') ?? '';
    assert.deepEqual(new TokenVerifier('key-us', secretOf('us')).verifySync(token).video, { roomList: true });
    await other.stop();
    const [eu, us] = await listServerRooms(rules);
    assert.deepEqual([eu?.rooms?.length, us?.rooms, us?.server], [1, undefined, 'us']);
    assert.equal(Object(us?.error).reason, 'livekit_unreachable');
    const none = createRules({});
    assert.deepEqual(await listServerRooms(none), []);
    none.dispose();
  } finally {
    rules.dispose();
  }
});
