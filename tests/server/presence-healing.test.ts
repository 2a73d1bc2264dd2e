/** GET /channels/:channelId/voice-presence after lost webhooks: corrected by LiveKit's own list. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { json } from '../server-parts/fake-livekit.ts';
import { assertAnswer, assertError, FORBIDDEN } from '../support/answers.ts';
import type { Asking } from '../support/endpoint.ts';
import { type EventClient, openStream } from '../support/event-stream.ts';
import { SETTINGS_HEADER, toHeader } from '../support/headers.ts';
import { type ListedRooms, listedParticipant, listRoomsOn } from '../support/listed-rooms.ts';
import { withFakeLivekit } from '../support/muting.ts';
import { people } from '../support/people.ts';
import { userToken } from '../support/user-token.ts';
import { moved, RECEIVED, webhooks } from '../support/webhooks.ts';

const SEEN_MS = 30_000;

const running = withFakeLivekit();
const { insert } = people(() => running.endpoint);
const post = webhooks(() => running.endpoint);
let listed: ListedRooms;
beforeEach(() => {
  ({ rooms: listed } = listRoomsOn(running.livekit));
});

let count = 0;

/** A channel for one test; the room has the same name. */
async function newRoom(): Promise<string> {
  count += 1;
  const id = `channel-healing-${count}`;
  await insert('Channel', { id, communityId: 'community-kraken', name: id, type: 'VOICE' });
  return id;
}

async function apply(...bodies: string[]): Promise<void> {
  for (const body of bodies) assertAnswer(await post(body), 200, RECEIVED, body);
}

const read = (room: string, { query = '', ...asking }: Asking & { query?: string } = {}) =>
  running.endpoint.get(`/channels/${room}/voice-presence${query}`, {
    settings: { LIVEKIT_URL: running.livekit.url },
    ...asking,
  });

async function present(room: string): Promise<string[]> {
  const { status, text } = await read(room);
  assert.equal(status, 200, text);
  return JSON.parse(text).participants.map(({ identity }: { identity: string }) => identity);
}

const inRoom = (room: string, ...participants: object[]) => listed.set(room, { sid: `RM_${room}`, participants });
const calls = () => running.livekit.calls.map(({ path }) => path.split('/').at(-1));

test('lost events are corrected by the first read', async () => {
  const room = await newRoom();
  await apply(moved('joined', room, 'ghost'), moved('joined', room, 'here', { createdAt: '1760000009' }));
  inRoom(
    room,
    listedParticipant('PA_here', 'here'),
    listedParticipant('PA_unseen', 'unseen'),
    listedParticipant('PA_agent', 'assistant', { kind: 'AGENT', joined_at: '1760000011' }),
    listedParticipant('PA_recorder', 'recorder', { kind: 'EGRESS' }),
    listedParticipant('PA_hidden', 'hidden', { permission: { hidden: true } }),
    listedParticipant('PA_joining', 'joining', { state: 'JOINING' }),
  );
  const participants = [
    { identity: 'unseen', name: 'unseen', joinedAt: '2025-10-09T08:53:20.000Z', isServerMuted: false, isAgent: false },
    { identity: 'here', name: 'here', joinedAt: '2025-10-09T08:53:29.000Z', isServerMuted: false, isAgent: false },
    {
      identity: 'assistant',
      name: 'assistant',
      joinedAt: '2025-10-09T08:53:31.000Z',
      isServerMuted: false,
      isAgent: true,
    },
  ];
  assertAnswer(await read(room), 200, JSON.stringify({ channelId: room, participants }));
  const corrected = await running.endpoint.logged('Presence corrected');
  const { requestId, ...line } = corrected.find(({ roomId }) => roomId === room) ?? assert.fail('not logged');
  assert.equal(typeof requestId, 'string');
  const counts = { roomId: room, missing: 1, joined: 2 };
  assert.deepEqual(line, { level: 'info', message: 'Presence corrected', ...counts });
});

test('kicked participants and those who joined a locked room are removed as after their webhook; agents, telephones and others stay', async () => {
  const until = Math.floor(Date.now() / 1000) + 60;
  const moderator = { byUserId: 'user-mod' };
  const [kicking, locked] = [await newRoom(), await newRoom()];
  await insert('VoiceKick', { channelId: kicking, subject: 'kicked', until, ...moderator, createdAt: until - 60 });
  await insert('VoiceLock', { channelId: locked, lockedAt: 1_760_000_005, ...moderator });
  inRoom(kicking, listedParticipant('PA_kicked', 'kicked'), listedParticipant('PA_here', 'here'));
  const later = { joined_at: '1760000009' };
  inRoom(
    locked,
    listedParticipant('PA_before', 'before'),
    listedParticipant('PA_late', 'late', later),
    listedParticipant('PA_agent', 'assistant', { ...later, kind: 'AGENT' }),
    listedParticipant('PA_phone', 'telephone', { ...later, kind: 'SIP' }),
    listedParticipant('PA_ingress', 'camera', { ...later, kind: 'INGRESS' }),
  );
  const removed = () =>
    running.livekit.calls.filter(({ path }) => path.endsWith('/RemoveParticipant')).map(({ body }) => body);
  await present(kicking);
  assert.deepEqual(removed(), [{ room: kicking, identity: 'kicked' }]);
  running.livekit.behaviours.set('RemoveParticipant', (response) => json(response, 500, {}));
  assert.deepEqual(await present(locked), ['before', 'assistant', 'camera', 'late', 'telephone']);
  assert.deepEqual(removed().slice(1), [{ room: locked, identity: 'late' }]);
  const lines = await running.endpoint.logged('Participants who joined were not judged');
  const { requestId, ...line } = lines.find(({ roomId }) => roomId === locked) ?? assert.fail('not logged');
  const failed = { roomId: locked, count: 1, code: 'livekit_unavailable' };
  assert.deepEqual(line, { level: 'warn', message: 'Participants who joined were not judged', ...failed });
});

test('a room that is not running is empty', async () => {
  const room = await newRoom();
  await apply(moved('joined', room, 'ghost'));
  assert.deepEqual(await present(room), []);
  assert.deepEqual(calls(), ['ListRooms']);
});

test('LiveKit is called once in a minute, for the first page, and not for callers without permission', async () => {
  const room = await newRoom();
  inRoom(room, listedParticipant('PA_1', 'a'));
  assertError(await read(room, { as: 'user-stranger' }), FORBIDDEN);
  assert.equal((await read(room, { query: '?after=1.a' })).status, 200);
  assert.deepEqual(calls(), []);
  for (let time = 0; time < 3; time++) assert.deepEqual(await present(room), ['a']);
  assert.deepEqual(calls(), ['ListRooms', 'ListParticipants']);
  await apply(moved('joined', room, 'b'));
  assert.deepEqual(await present(room), ['a', 'b'], 'events are applied as before');
  assert.deepEqual(calls().length, 2);
});

test('LiveKit is called again a minute after that', async () => {
  const room = await newRoom();
  // Another setting, so that the process has nothing in memory.
  const forgetful = (at: number) => read(room, { settings: { LIVEKIT_URL: running.livekit.url, JWT_LEEWAY: `${at}` } });
  inRoom(room, listedParticipant('PA_1', 'a'));
  for (const at of [1, 2]) await forgetful(at);
  assert.equal(calls().length, 2);
  await running.endpoint.database.update('VoiceReconciliation', { reconciledAt: 1 }, { room });
  inRoom(room, listedParticipant('PA_2', 'b'));
  const { participants } = JSON.parse((await forgetful(3)).text);
  assert.deepEqual([participants[0].identity, calls().length], ['b', 4]);
});

test('a response does not wait for a slow LiveKit, whose answer is applied later', async () => {
  const room = await newRoom();
  await apply(moved('joined', room, 'ghost'));
  inRoom(room, listedParticipant('PA_1', 'a'));
  const answer = Promise.withResolvers<void>();
  ({ rooms: listed } = listRoomsOn(running.livekit, () => answer.promise));
  inRoom(room, listedParticipant('PA_1', 'a'));
  assert.deepEqual(await present(room), ['ghost'], 'LiveKit has not answered yet');
  answer.resolve();
  for (const end = performance.now() + SEEN_MS; (await present(room)).join() !== 'a'; ) {
    assert.ok(performance.now() < end, 'the answer was not applied');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

describe('a new stream', () => {
  const clients: EventClient[] = [];
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

  async function watch(room: string, method = 'GET'): Promise<EventClient> {
    const headers = {
      Authorization: `Bearer ${userToken('user-456')}`,
      [SETTINGS_HEADER]: toHeader({ LIVEKIT_URL: running.livekit.url }),
    };
    const path = `/api/livekit/channels/${room}/voice-presence/events`;
    const client = await openStream(`${running.endpoint.url}${path}`, headers, method);
    clients.push(client);
    return client.read();
  }
  const identities = async (client: EventClient) =>
    (await client.next()).data.participants.map(({ identity }: { identity: string }) => identity);

  test('begins with the participants in LiveKit’s own list, which is requested once in a minute', async () => {
    const room = await newRoom();
    await apply(moved('joined', room, 'ghost'));
    inRoom(room, listedParticipant('PA_1', 'a'));
    await (await watch(room, 'HEAD')).ended();
    assert.deepEqual(calls(), [], 'not for HEAD');
    for (let time = 0; time < 3; time += 1) assert.deepEqual(await identities(await watch(room)), ['a']);
    assert.deepEqual(await present(room), ['a']);
    assert.deepEqual(calls(), ['ListRooms', 'ListParticipants']);
  });

  test('does not wait for a slow LiveKit, and gets the correction as events', async () => {
    const room = await newRoom();
    await apply(moved('joined', room, 'ghost'));
    const answer = Promise.withResolvers<void>();
    ({ rooms: listed } = listRoomsOn(running.livekit, () => answer.promise));
    inRoom(room, listedParticipant('PA_1', 'a'));
    const client = await watch(room);
    assert.deepEqual(await identities(client), ['ghost']);
    answer.resolve();
    const events = [await client.next(), await client.next()];
    assert.deepEqual(
      events.map(({ event, data }) => [event, data.identity]),
      [
        ['left', 'ghost'],
        ['joined', 'a'],
      ],
    );
  });

  test('has the stored presence if LiveKit is down', async () => {
    const room = await newRoom();
    await apply(moved('joined', room, 'a'));
    running.livekit.behaviours.set('ListRooms', (response) => response.destroy());
    assert.deepEqual(await identities(await watch(room)), ['a']);
  });
});

describe('presence is returned as it is stored', () => {
  const assertStored = async (settings: Record<string, unknown>) => {
    const room = await newRoom();
    await apply(moved('joined', room, 'a'));
    const { status, text } = await read(room, { settings });
    assert.deepEqual([status, JSON.parse(text).participants[0]?.identity], [200, 'a']);
  };

  test('if LiveKit is down, or no URL is set', async () => {
    await assertStored({ LIVEKIT_URL: 'ws://127.0.0.1:1' });
    await assertStored({ LIVEKIT_URL: null });
  });

  test('if LiveKit answers an error, garbage or another room', async () => {
    const settings = { LIVEKIT_URL: running.livekit.url };
    const answers = [
      [500, { code: 'internal' }],
      [200, { rooms: [{ sid: 'RM_1', name: 'another-room' }] }],
      [200, { rooms: 7 }],
    ] as const;
    for (const [status, value] of answers) {
      running.livekit.behaviours.set('ListRooms', (response) => json(response, status, value));
      await assertStored(settings);
    }
    running.livekit.behaviours.set('ListRooms', (response) => response.writeHead(200).end('<html>'));
    await assertStored(settings);
    assert.doesNotMatch(running.endpoint.log.join('\n'), /eyJ|another-room|html/);
  });
});
