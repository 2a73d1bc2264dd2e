/** GET /channels/:channelId/voice-presence: the participants by LiveKit's webhooks, for callers with the permission. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAnswer, assertError, BANNED, badRequest, FORBIDDEN, REVOKED, UNAUTHORIZED } from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { people } from '../support/people.ts';
import { now, userToken } from '../support/user-token.ts';
import { event, moved, participant, RECEIVED, webhooks } from '../support/webhooks.ts';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const { insert, newUser, newMember, grantRole } = people(() => endpoint);
const send = webhooks(() => endpoint);

const presence = (channel: string, { query = '', ...asking }: Asking & { query?: string } = {}) =>
  endpoint.get(`/channels/${encodeURIComponent(channel)}/voice-presence${query}`, asking);

let rooms = 0;

/** A channel for one test; the room has the same name. */
async function newRoom(row: Record<string, string | number> = {}): Promise<string> {
  rooms += 1;
  const id = `channel-presence-${rooms}`;
  await insert('Channel', { id, communityId: 'community-kraken', name: id, type: 'VOICE', ...row });
  return id;
}

async function apply(...bodies: string[]): Promise<void> {
  for (const body of bodies) assertAnswer(await send(body), 200, RECEIVED, body);
}

/** Identities in a room, in the order of the response. */
async function present(room: string): Promise<string[]> {
  const { status, text } = await presence(room);
  assert.equal(status, 200, text);
  return JSON.parse(text).participants.map(({ identity }: { identity: string }) => identity);
}

const AT = 1_760_000_000;
const at = (seconds: number) => ({ createdAt: `${AT + seconds}` });

test('row 74: the response has exactly the participants and their times of joining, on both prefixes', async () => {
  const room = await newRoom();
  assertAnswer(await presence(room), 200, JSON.stringify({ channelId: room, participants: [] }));
  const zoe = participant('user-789', { name: 'Zoë "🦀" \\' });
  await apply(moved('joined', room, 'user-456', at(5)), moved('joined', room, 'x', { participant: zoe, ...at(0) }));
  const participants = [
    {
      identity: 'user-789',
      name: 'Zoë "🦀" \\',
      joinedAt: '2025-10-09T08:53:20.000Z',
      isServerMuted: false,
      isAgent: false,
    },
    {
      identity: 'user-456',
      name: 'user-456',
      joinedAt: '2025-10-09T08:53:25.000Z',
      isServerMuted: false,
      isAgent: false,
    },
  ];
  for (const base of ['/api/livekit', '/livekit']) {
    assertAnswer(await presence(room, { base }), 200, JSON.stringify({ channelId: room, participants }));
  }
  const head = await endpoint.send('HEAD', `/channels/${room}/voice-presence`);
  assert.deepEqual([head.status, head.text, head.headers.get('cache-control')], [200, '', 'no-store']);
});

describe('events', () => {
  test('of joining, leaving, an aborted connection and the end of the room are applied', async () => {
    const room = await newRoom();
    await apply(...['a', 'b', 'c'].map((identity) => moved('joined', room, identity, at(1))));
    assert.deepEqual(await present(room), ['a', 'b', 'c']);
    await apply(moved('left', room, 'b', at(2)));
    assert.deepEqual(await present(room), ['a', 'c']);
    await apply(event('participant_connection_aborted', room, { participant: participant('c'), ...at(3) }));
    assert.deepEqual(await present(room), ['a']);
    await apply(event('room_finished', room, at(4)));
    assert.deepEqual(await present(room), []);
  });

  test('that are repeated or out of order have the same result', async () => {
    const room = await newRoom();
    const joined = moved('joined', room, 'a', at(1));
    const left = moved('left', room, 'a', at(2));
    await apply(joined, joined, joined);
    assert.deepEqual(await present(room), ['a']);
    await apply(left, joined, left, joined);
    assert.deepEqual(await present(room), []);
    await apply(moved('left', room, 'late', at(9)), moved('joined', room, 'late', at(8)));
    assert.deepEqual(await present(room), []);
    await apply(moved('left', room, 'same', at(9)), moved('joined', room, 'same', at(9)));
    assert.deepEqual(await present(room), []);
  });

  test('of a room that has ended add no participant, those of its next start do', async () => {
    const room = await newRoom();
    await apply(event('room_finished', room, at(5)), moved('joined', room, 'a', at(9)));
    assert.deepEqual(await present(room), []);
    await apply(moved('joined', room, 'a', { room: { sid: 'RM_again', name: room }, ...at(10) }));
    assert.deepEqual(await present(room), ['a']);
  });

  test('of a second connection of one identity show it once, until the last has left', async () => {
    const room = await newRoom();
    const [first, second] = ['PA_1', 'PA_2'].map((sid) => participant('a', { sid }));
    await apply(moved('joined', room, 'a', { participant: first, ...at(1) }));
    await apply(moved('joined', room, 'a', { participant: second, ...at(2) }));
    assert.deepEqual(await present(room), ['a']);
    await apply(moved('left', room, 'a', { participant: first, ...at(3) }));
    assert.deepEqual(await present(room), ['a']);
    await apply(moved('left', room, 'a', { participant: second, ...at(4) }));
    assert.deepEqual(await present(room), []);
  });

  test('that arrive at the same time are all applied', async () => {
    const room = await newRoom();
    const identities = Array.from({ length: 12 }, (_, count) => `a-${String(count).padStart(2, '0')}`);
    const answers = await Promise.all(identities.map((identity) => send(moved('joined', room, identity, at(1)))));
    for (const answer of answers) assertAnswer(answer, 200, RECEIVED);
    assert.deepEqual(await present(room), identities);
  });

  test('of recorders and hidden participants change nothing', async () => {
    const room = await newRoom();
    for (const changes of [
      { permission: { hidden: true } },
      { kind: 'EGRESS' },
      { kind: 'EGRESS', permission: {} },
      { kind: 'AGENT', permission: { hidden: true } },
    ]) {
      await apply(moved('joined', room, 'unseen', { participant: participant('unseen', changes), ...at(1) }));
    }
    assert.deepEqual(await present(room), []);
    for (const [count, changes] of [{ permission: { hidden: false } }, { kind: 'SIP' }, {}].entries()) {
      await apply(moved('joined', room, 'x', { participant: participant(`seen-${count}`, changes), ...at(1) }));
    }
    assert.deepEqual(await present(room), ['seen-0', 'seen-1', 'seen-2']);
  });

  test('of agents show them as agents', async () => {
    const room = await newRoom();
    const agent = participant('assistant', { kind: 'AGENT' });
    await apply(
      moved('joined', room, 'assistant', { participant: agent, ...at(1) }),
      moved('joined', room, 'a', at(2)),
    );
    const { participants } = JSON.parse((await presence(room)).text);
    const marks = participants.map(({ identity, isAgent }: Record<string, unknown>) => [identity, isAgent]);
    assert.deepEqual(marks, [
      ['assistant', true],
      ['a', false],
    ]);
    await apply(moved('left', room, 'assistant', { participant: agent, ...at(3) }));
    assert.deepEqual(await present(room), ['a']);
  });

  test('of one room do not appear in another', async () => {
    const [one, other] = [await newRoom(), await newRoom()];
    await apply(moved('joined', one, 'a', at(1)), moved('joined', 'dm-group-1', 'b', at(1)));
    assert.deepEqual([await present(one), await present(other)], [['a'], []]);
  });

  test('in the far future count from their arrival, and hide no participant', async () => {
    const room = await newRoom();
    const began = Date.now();
    await apply(moved('joined', room, 'a', { createdAt: '8640000000000' }));
    const [{ joinedAt }] = JSON.parse((await presence(room)).text).participants;
    const at = Date.parse(joinedAt);
    assert.ok(at >= began - 1000 && at <= Date.now(), joinedAt);
    await apply(moved('left', room, 'a', { createdAt: '8640000000000' }));
    assert.deepEqual(await present(room), [], 'in the same second at the latest');
    await apply(moved('joined', room, 'b', { createdAt: 0 }));
    assert.deepEqual(await present(room), ['b']);
  });
});

test('a large room is returned in pages, each participant once', async () => {
  const room = await newRoom();
  const identities = Array.from({ length: 1200 }, (_, count) => `user.${10_000 + count} é`);
  const row = { roomSid: `RM_${room}`, room, name: '', isPresent: 1, joinedAt: AT, changedAt: AT };
  await insert(
    'VoicePresence',
    ...identities.map((identity) => ({ ...row, participantSid: `PA_${identity}`, identity })),
  );
  const page = async (query: string) => JSON.parse((await presence(room, { query })).text);
  const first = await page('');
  assert.deepEqual([first.participants.length, first.next], [1000, `${AT}.${identities[999]}`]);
  const second = await page(`?after=${encodeURIComponent(first.next)}`);
  assert.deepEqual(Object.keys(second), ['channelId', 'participants'], 'the last page has no next');
  const all = [...first.participants, ...second.participants].map(({ identity }) => identity);
  assert.deepEqual(all, identities);
  assert.deepEqual((await page(`?after=${AT + 1}.a`)).participants, []);
  assert.equal((await page('?before=1&AFTER=x')).participants.length, 1000, 'unknown parameters are ignored');
});

test('an invalid after is 400, for callers with the permission', async () => {
  const room = await newRoom();
  const wrong = badRequest(['after must be the next of an earlier page']);
  for (const after of ['', '.', '1', '1.', '.a', '-1.a', '1e3.a', '%00', '1.%00', '9'.repeat(30), 'x']) {
    assertError(await presence(room, { query: `?after=${after}` }), wrong, after);
  }
  assertError(await presence(room, { query: '?after=x', as: null }), UNAUTHORIZED);
  assertError(await presence('channel-000', { query: '?after=x' }), wrong);
  assertError(await presence('channel-000', { query: '?after=1.a' }), FORBIDDEN);
});

describe('permission to read', () => {
  const LISTENING = { LIVEKIT_GRANTS: 'role' };

  async function assertStatus(as: string, channel: string, status: number, settings: Record<string, unknown> = {}) {
    const answer = await presence(channel, { as, settings });
    if (status === 403) assertError(answer, FORBIDDEN, `${as} ${channel}`);
    else assert.equal(answer.status, status, `${as} ${channel}`);
  }

  test('users with READ_CHANNEL may read', async () => {
    for (const [as, open, closed] of [
      ['user-456', 200, 403],
      ['user-mod', 200, 200],
      ['user-owner', 200, 200],
      ['user-stranger', 403, 403],
    ] as const) {
      await assertStatus(as, 'channel-abc123', open);
      await assertStatus(as, 'channel-private-1', closed);
      await assertStatus(as, 'channel-000', 403);
      await assertStatus(as, 'dm-group-1', 403);
    }
    const user = await newUser();
    await grantRole(user, ['JOIN_CHANNEL', 'MUTE_PARTICIPANT']);
    await assertStatus(user, 'channel-abc123', 403);
    await grantRole(user, ['READ_CHANNEL']);
    await assertStatus(user, 'channel-abc123', 200);
    await assertStatus(user, await newRoom({ communityId: 'community-2' }), 403);
  });

  test('the id of a channel must match exactly, however it is encoded', async () => {
    for (const channel of [
      'CHANNEL-ABC123',
      'channel-abc123 ',
      '*',
      '\u0000',
      'a\nb',
      'x'.repeat(257),
      "' OR 1=1 --",
    ]) {
      for (const as of ['user-456', 'user-owner']) await assertStatus(as, channel, 403);
    }
    assert.equal((await endpoint.get('/channels/%63hannel-abc123/voice-presence')).status, 200);
    for (const odd of ['a/b?c#d%2f', '"雪\\ +&=']) {
      await insert('Channel', { id: odd, communityId: 'community-kraken', name: odd, type: 'VOICE' });
      assertAnswer(await presence(odd), 200, JSON.stringify({ channelId: odd, participants: [] }));
    }
    for (const bad of ['%zz', '%ff', '%']) {
      assertError(await endpoint.get(`/channels/${bad}/voice-presence`), FORBIDDEN, bad);
    }
  });

  test('a timed-out user may read if they may listen; a banned user may not', async () => {
    await assertStatus('user-timeout', 'channel-abc123', 403);
    await assertStatus('user-timeout', 'channel-abc123', 200, LISTENING);
    await assertStatus('user-timeout', 'channel-private-1', 403, LISTENING);
    const user = await newMember();
    await assertStatus(user, 'channel-abc123', 200);
    await insert('CommunityBan', { communityId: 'community-kraken', userId: user, active: 1 });
    for (const settings of [{}, LISTENING]) await assertStatus(user, 'channel-abc123', 403, settings);
  });

  test('401 is as on other routes', async () => {
    for (const channel of ['channel-abc123', 'channel-000']) {
      for (const as of [null, 'user-000']) assertError(await presence(channel, { as }), UNAUTHORIZED);
      assertError(await presence(channel, { as: 'user-banned' }), BANNED);
    }
    await insert('RevokedToken', { jti: 'presence-revoked', expiresAt: now() + 60 });
    const headers = { Authorization: `Bearer ${userToken('user-456', { jti: 'presence-revoked' })}` };
    assertError(await presence('channel-abc123', { as: null, headers }), REVOKED);
    const cookie = { Cookie: `access_token=${userToken('user-456')}` };
    assert.equal((await presence('channel-abc123', { as: null, headers: cookie })).status, 200);
  });
});
