/** GET /channels/:channelId/voice-presence/events: the participants, then every change, for callers with the permission. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { MICROPHONE, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { assertAnswer, assertError, BANNED, FORBIDDEN, TOO_MANY, UNAUTHORIZED } from '../support/answers.ts';
import { type Asking, type Endpoint, logLines, startEndpoint, supportScript } from '../support/endpoint.ts';
import { type EventClient, openStream } from '../support/event-stream.ts';
import { muting, SUCCESS } from '../support/muting.ts';
import { people } from '../support/people.ts';
import { now, userToken } from '../support/user-token.ts';
import { event, moved, participant, RECEIVED, webhooks } from '../support/webhooks.ts';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('events-worker.ts') });
});
after(() => endpoint.stop());
const { insert, newMember } = people(() => endpoint);
const send = webhooks(() => endpoint);

const pathOf = (channel: string) => `/channels/${encodeURIComponent(channel)}/voice-presence/events`;
const clients: EventClient[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

interface Watching {
  as?: string;
  headers?: Record<string, string>;
  lastEventId?: string | undefined;
  method?: string;
}

/** Watches a channel. */
async function watch(channel: string, { as = 'user-456', headers, lastEventId, method }: Watching = {}) {
  const client = await openStream(
    `${endpoint.url}/api/livekit${pathOf(channel)}`,
    {
      ...(headers ?? { Authorization: `Bearer ${userToken(as)}` }),
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
    },
    method,
  );
  clients.push(client);
  return client.read();
}

let rooms = 0;

/** A channel for one test; the room has the same name. */
async function newRoom(): Promise<string> {
  rooms += 1;
  const id = `channel-events-${rooms}`;
  await insert('Channel', { id, communityId: 'community-kraken', name: id, type: 'VOICE' });
  return id;
}

const AT = 1_760_000_000;
const at = (seconds: number) => ({ createdAt: `${AT + seconds}` });

async function apply(...bodies: string[]): Promise<void> {
  for (const body of bodies) assertAnswer(await send(body), 200, RECEIVED, body);
}

const join = (room: string, identity: string, seconds = 1) => apply(moved('joined', room, identity, at(seconds)));
const leave = (room: string, identity: string, seconds = 2) => apply(moved('left', room, identity, at(seconds)));
const present = (identity: string, joined = '2025-10-09T08:53:21.000Z') => ({
  identity,
  name: identity,
  joinedAt: joined,
  isServerMuted: false,
  isAgent: false,
});

test('a snapshot comes first, then each change with the participant', async () => {
  const room = await newRoom();
  await join(room, 'a');
  const client = await watch(room);
  assert.equal(client.status, 200);
  assert.equal(client.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(client.headers['cache-control'], 'no-store');
  assert.equal(client.headers['x-accel-buffering'], 'no');
  const snapshot = await client.next();
  assert.deepEqual([snapshot.event, snapshot.data], ['snapshot', { channelId: room, participants: [present('a')] }]);
  assert.match(client.text, /^retry: \d+\n\n/);
  await join(room, 'b "\n');
  const joined = await client.next();
  assert.deepEqual([joined.event, joined.data], ['joined', present('b "\n')]);
  await leave(room, 'a');
  const left = await client.next();
  assert.deepEqual([left.event, left.data], ['left', present('a')]);
  await apply(event('room_finished', room, at(9)));
  assert.deepEqual((await client.next()).data.identity, 'b "\n');
  assert.equal(new Set([snapshot.id, joined.id, left.id]).size, 3, 'each event has another id');
});

test('a changed participant is an update', async () => {
  const room = await newRoom();
  await join(room, 'user-456');
  const client = await watch(room);
  await client.next();
  await endpoint.database.update('VoicePresence', { isServerMuted: 1 }, { room });
  await join(room, 'other');
  const events = [await client.next(), await client.next()];
  assert.deepEqual(events.map(({ event: name, data }) => [name, data.identity, data.isServerMuted]).sort(), [
    ['joined', 'other', false],
    ['updated', 'user-456', true],
  ]);
});

test('a mute is pushed when LiveKit has executed it', async () => {
  const livekit = await startFakeLivekit();
  try {
    livekit.participants.set('user-789', { identity: 'user-789', tracks: [MICROPHONE] });
    const room = await newRoom();
    const connection = { participant: participant('user-789', { sid: 'PA_1' }), ...at(1) };
    await apply(moved('joined', room, 'user-789', connection));
    const client = await watch(room);
    await client.next();
    const mute = muting(
      () => endpoint,
      () => livekit,
    );
    assertAnswer(await mute({ participantIdentity: 'user-789', mute: true }, { channel: room }), 201, SUCCESS);
    const { event: name, data } = await client.next();
    assert.deepEqual([name, data.identity, data.isServerMuted], ['updated', 'user-789', true]);
  } finally {
    await livekit.stop();
  }
});

test('watchers of one room get the same events, those of another none', async () => {
  const [room, other] = [await newRoom(), await newRoom()];
  const [one, two, elsewhere] = [await watch(room), await watch(room, { as: 'user-mod' }), await watch(other)];
  for (const client of [one, two, elsewhere]) assert.equal((await client.next()).event, 'snapshot');
  await join(room, 'a');
  assert.deepEqual(await one.next(), await two.next());
  await join(other, 'b');
  assert.equal((await elsewhere.next()).data.identity, 'b');
});

describe('Last-Event-ID', () => {
  test('of an earlier event returns the changes since then, and no snapshot', async () => {
    const room = await newRoom();
    const stays = await watch(room);
    const first = await watch(room);
    const { id } = await first.next();
    await first.close();
    await join(room, 'a');
    await leave(room, 'a');
    await stays.next();
    for (const expected of ['joined', 'left']) assert.equal((await stays.next()).event, expected);
    const again = await watch(room, { lastEventId: id });
    const joined = await again.next();
    assert.deepEqual([joined.event, joined.data], ['joined', present('a')]);
    const left = await again.next();
    assert.equal(left.event, 'left');
    const last = await watch(room, { lastEventId: left.id });
    await join(room, 'b', 5);
    assert.equal((await last.next()).data.identity, 'b', 'nothing is repeated');
  });

  test('that is unknown or malformed returns a snapshot', async () => {
    const room = await newRoom();
    const { id = '' } = await (await watch(room)).next();
    const [log] = id.split(':');
    for (const lastEventId of [
      '',
      'x',
      '0',
      `${log}:`,
      `${log}:-1`,
      `${log}:1e3`,
      `${log}:99`,
      `${log}:0x0`,
      'é',
      `${'9'.repeat(4000)}`,
    ]) {
      assert.equal((await (await watch(room, { lastEventId })).next()).event, 'snapshot', lastEventId.slice(0, 40));
    }
  });

  test('after more than 256 changes returns a snapshot', async () => {
    const room = await newRoom();
    const stays = await watch(room);
    const { id } = await stays.next();
    const row = { roomSid: `RM_${room}`, room, name: '', isPresent: 1, joinedAt: AT, changedAt: AT };
    const fill = async (letter: string, count: number) => {
      const connection = (n: number) => ({ ...row, participantSid: `PA_${letter}${n}`, identity: `${letter}-${n}` });
      await insert('VoicePresence', ...Array.from({ length: count }, (_, n) => connection(n)));
      await join(room, letter);
    };
    await fill('a', 199);
    for (let n = 0; n < 200; n += 1) assert.equal((await stays.next()).event, 'joined');
    const resumed = await watch(room, { lastEventId: id });
    assert.equal((await resumed.next()).event, 'joined', 'fewer changes are repeated');
    await fill('b', 99);
    for (let n = 0; n < 100; n += 1) assert.equal((await stays.next()).event, 'joined');
    const late = await watch(room, { lastEventId: id });
    const snapshot = await late.next();
    assert.deepEqual([snapshot.event, snapshot.data.participants.length], ['snapshot', 300]);
    await fill('c', 299);
    const large = await stays.next();
    assert.equal(large.event, 'snapshot', 'one large difference is a snapshot too');
    // The room may be read before the webhook comes.
    assert.ok(large.data.participants.length >= 599);
  });
});

test('of more than 1,000 participants the first 1,000 are pushed, and the snapshot says so', async () => {
  const room = await newRoom();
  const row = { roomSid: `RM_${room}`, room, name: '', isPresent: 1, joinedAt: AT, changedAt: AT };
  const identity = (n: number) => `user-${10_000 + n}`;
  const connection = (n: number) => ({ ...row, participantSid: `PA_${n}`, identity: identity(n) });
  await insert('VoicePresence', ...Array.from({ length: 1000 }, (_, n) => connection(n)));
  const client = await watch(room);
  const whole = await client.next();
  assert.deepEqual([whole.data.participants.length, whole.data.isTruncated], [1000, undefined]);
  await join(room, 'last', 5);
  const truncated = await client.next();
  assert.deepEqual(
    [truncated.event, truncated.data.participants.length, truncated.data.isTruncated],
    ['snapshot', 1000, true],
  );
  await apply(
    moved('left', room, identity(0), { participant: { sid: 'PA_0', identity: identity(0), name: '' }, ...at(6) }),
  );
  const { event: name, data } = await client.next();
  assert.deepEqual([name, data.participants.at(-1).identity, data.isTruncated], ['snapshot', 'last', undefined]);
});

test('comments keep the connection open', async () => {
  const client = await watch(await newRoom());
  await client.until(() => client.comments >= 3);
  assert.ok(client.comments >= 3);
});

test('HEAD has the headers and no stream', async () => {
  const room = await newRoom();
  const client = await watch(room, { method: 'HEAD' });
  await client.ended();
  assert.deepEqual([client.status, client.text], [200, '']);
  assert.equal(client.headers['content-type'], 'text/event-stream; charset=utf-8');
  assertError(
    await endpoint.send('HEAD', pathOf('channel-000')).then((answer) => ({ ...answer, text: FORBIDDEN })),
    FORBIDDEN,
  );
});

describe('permission to watch', () => {
  const ask = (channel: string, asking: Asking = {}) => endpoint.get(pathOf(channel), asking);

  test('is the same as for a page of presence', async () => {
    assertError(await ask('channel-abc123', { as: null }), UNAUTHORIZED);
    assertError(await ask('channel-abc123', { as: 'user-banned' }), BANNED);
    for (const [as, channel] of [
      ['user-stranger', 'channel-abc123'],
      ['user-456', 'channel-private-1'],
      ['user-456', 'channel-000'],
      ['user-456', 'dm-group-1'],
      ['user-timeout', 'channel-abc123'],
    ] as const) {
      assertError(await ask(channel, { as }), FORBIDDEN, `${as} ${channel}`);
    }
    const cookie = await watch('channel-abc123', { headers: { Cookie: `access_token=${userToken('user-456')}` } });
    assert.equal((await cookie.next()).event, 'snapshot', "a browser's EventSource can send cookies only");
  });

  /** The status with which a stream ends. */
  async function endOf(client: EventClient): Promise<number> {
    for (;;) {
      const { event: name, data } = await client.next();
      if (name !== 'end') continue;
      await client.ended();
      return data.statusCode;
    }
  }

  test('is refused to a page of another site that embeds the stream, because it would use up the streams of the user', async () => {
    const room = await newRoom();
    const headers = (mode: string) => ({ Cookie: `access_token=${userToken('user-456')}`, 'Sec-Fetch-Mode': mode });
    assertError(await endpoint.get(pathOf(room), { as: null, headers: headers('no-cors') }), FORBIDDEN);
    for (const mode of ['cors', 'navigate']) {
      assert.equal((await watch(room, { headers: headers(mode) })).status, 200, mode);
    }
  });

  test('is checked again: if the role is lost, the client is told and the stream ends', async () => {
    const room = await newRoom();
    const user = await newMember();
    const [client, other] = [await watch(room, { as: user }), await watch(room)];
    await client.next();
    await other.next();
    await client.until(() => client.comments >= 5);
    await endpoint.database.delete('UserRoles', { userId: user });
    assert.equal(await endOf(client), 403);
    await join(room, 'a');
    assert.equal((await other.next()).event, 'joined', 'other streams continue');
    assert.ok(!client.text.includes('joined'));
  });

  test('ends with the user token', async () => {
    const room = await newRoom();
    // No leeway, so that the test need not wait for it.
    const settings = { 'x-test-settings': encodeURIComponent('{"JWT_LEEWAY":"0"}') };
    const watchFor = async (seconds: number): Promise<EventClient> => {
      const token = userToken('user-456', { exp: now() + seconds });
      const client = await watch(room, { headers: { Authorization: `Bearer ${token}`, ...settings } });
      // On a busy machine the token may expire before the request arrives.
      return client.status === 401 && seconds < 60 ? watchFor(seconds * 2) : client;
    };
    assert.equal(await endOf(await watchFor(2)), 401);
  });

  test('ends when the token is revoked, the account banned, or the channel deleted', async () => {
    const [room, deleted] = [await newRoom(), await newRoom()];
    const jti = 'events-revoked';
    const revoked = await watch(room, { headers: { Authorization: `Bearer ${userToken('user-456', { jti })}` } });
    const user = await newMember();
    const banned = await watch(room, { as: user });
    const gone = await watch(deleted);
    await insert('RevokedToken', { jti, expiresAt: now() + 60 });
    await endpoint.database.update('User', { banned: 1 }, { id: user });
    await endpoint.database.delete('Channel', { id: deleted });
    assert.deepEqual([await endOf(revoked), await endOf(banned), await endOf(gone)], [401, 401, 403]);
  });
});

test('a user may have 20 streams at once, and closed ones do not count', async () => {
  const room = await newRoom();
  const user = await newMember();
  for (let round = 0; round < 2; round += 1) {
    // The server notices the end of a connection a little later.
    const open: EventClient[] = [];
    while (open.length < 20) {
      const client = await watch(room, { as: user });
      if (client.status === 200) open.push(client);
      else assert.ok(round > 0, `${client.status}`);
    }
    const refused = await endpoint.get(pathOf(room), { as: user });
    assertError(refused, TOO_MANY);
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal((await watch(room, { as: 'user-mod' })).status, 200, 'other users are not affected');
    await Promise.all(open.map((client) => client.close()));
  }
});

test('a client that reads nothing is disconnected, others are not, and the log is in order', async () => {
  const room = await newRoom();
  const reads = await watch(room);
  await reads.next();
  const idle = await openStream(`${endpoint.url}/api/livekit${pathOf(room)}`, {
    Authorization: `Bearer ${userToken('user-mod')}`,
  });
  clients.push(idle);
  // More than an operating system buffers for a connection.
  const name = 'x'.repeat(500_000);
  for (let n = 0; n < 40; n += 1) {
    const identity = `large-${n}`;
    await apply(moved('joined', room, identity, { participant: participant(identity, { name }), ...at(n) }));
    assert.equal((await reads.next()).data.identity, identity);
    await leave(room, identity, n + 1);
    assert.equal((await reads.next()).event, 'left');
  }
  await idle.read().ended();
  assert.ok(!idle.text.includes('large-39'), 'events that did not fit were not buffered');
  await join(room, 'small', 99);
  assert.equal((await reads.next()).data.identity, 'small');
  assert.deepEqual(
    logLines(endpoint.log).filter(({ level }) => level === 'error'),
    [],
  );
});
