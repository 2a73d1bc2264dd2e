/** POST /token-source as LiveKit's own client calls it: with the unchanged package `livekit-client`. */
import assert from 'node:assert/strict';
import { after, afterEach, before, type Mock, mock, test } from 'node:test';
import { TokenSource } from 'livekit-client';
import { badRequest, FORBIDDEN, UNAUTHORIZED } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { SETTINGS_HEADER, toHeader } from '../support/headers.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';
import { notForClients } from '../support/token-source.ts';
import { userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const OPEN = { LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true' };

let endpoint: Endpoint;
let sent: Mock<typeof fetch>;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
  sent = mock.method(globalThis, 'fetch');
});
after(() => endpoint.stop());
afterEach(() => sent.mock.resetCalls());

/** A source as an application creates it, with a user token. */
function source(settings: Record<string, unknown> = {}, authorization = `Bearer ${userToken('user-456')}`) {
  const headers = { Authorization: authorization, [SETTINGS_HEADER]: toHeader(settings) };
  return TokenSource.endpoint(`${endpoint.url}/api/livekit/token-source`, { headers });
}
const bodySent = () => JSON.parse(String(sent.mock.calls.at(-1)?.arguments[1]?.body));
const requests = () => sent.mock.callCount();

/** The client's Error contains the status and our body. */
async function assertFails(asked: Promise<unknown>, status: number, body: string) {
  await assert.rejects(asked, (error: Error) => error.message.endsWith(`received ${status} / ${body}`));
}

test('a room is enough: the client gets the URL and the token', async () => {
  const { serverUrl, participantToken, ...rest } = await source().fetch({ roomName: ROOM });
  assert.deepEqual([serverUrl, rest], ['ws://127.0.0.1:7880', {}]);
  const { sub, name, video } = claimsOf(participantToken);
  assert.deepEqual({ sub, name, video }, { sub: 'user-456', name: 'user-456', video: fullGrant(ROOM) });
  assert.deepEqual(bodySent(), { room_name: ROOM });
});

test('every option that a client may set is in the token', async () => {
  const participantAttributes = { mood: 'good', snake_case: '1', 'ü ': '雪' };
  const options = {
    roomName: ROOM,
    participantName: 'Alice 雪',
    participantIdentity: 'alice-phone',
    participantMetadata: '{"isDeafened":false}',
    participantAttributes,
  };
  const { participantToken } = await source(OPEN).fetch(options);
  const { sub, name, video, metadata, attributes } = claimsOf(participantToken);
  assert.deepEqual(
    { sub, name, video, metadata, attributes },
    {
      sub: 'alice-phone',
      name: 'Alice 雪',
      video: { ...fullGrant(ROOM), canUpdateOwnMetadata: true },
      metadata: '{"isDeafened":false}',
      attributes: participantAttributes,
    },
  );
  assert.deepEqual(Object.keys(bodySent()).sort(), [
    'participant_attributes',
    'participant_identity',
    'participant_metadata',
    'participant_name',
    'room_name',
  ]);
});

test('empty attributes and metadata count as unset, and are not refused', async () => {
  const options = { roomName: ROOM, participantAttributes: {}, participantMetadata: '', participantIdentity: '' };
  const claims = claimsOf((await source().fetch(options)).participantToken);
  assert.deepEqual([claims.sub, 'metadata' in claims, 'attributes' in claims], ['user-456', false, false]);
});

test('no options, and a room without a name, are errors that name the missing field', async () => {
  await assertFails(
    source().fetch({}),
    400,
    badRequest(['room_name should not be empty', 'room_name must be a string']),
  );
  assert.deepEqual(bodySent(), {});
  await assertFails(source().fetch({ roomName: '' }), 400, badRequest(['room_name should not be empty']));
  assert.deepEqual(bodySent(), { room_name: '' });
});

test('an agent that LIVEKIT_AGENTS lists is dispatched, and a blank name is not an agent', async () => {
  const one = source({ LIVEKIT_AGENTS: 'assistant,transcriber' });
  const asked = { roomName: ROOM, agentName: 'assistant', agentMetadata: '{"a":1}', deployment: 'staging' };
  const { participantToken } = await one.fetch(asked);
  assert.deepEqual(claimsOf(participantToken).roomConfig, {
    agents: [{ agentName: 'assistant', metadata: '{"a":1}', deployment: 'staging' }],
  });
  // The client's cache treats other agents as another token.
  assert.equal((await one.fetch(asked)).participantToken, participantToken);
  assert.equal(requests(), 1);
  const other = await one.fetch({ roomName: ROOM, agentName: 'transcriber' });
  assert.deepEqual(claimsOf(other.participantToken).roomConfig, { agents: [{ agentName: 'transcriber' }] });
  assert.equal(requests(), 2);
  const none = await source().fetch({ roomName: ROOM, agentName: '' });
  assert.ok(!('roomConfig' in claimsOf(none.participantToken)));
  await assertFails(
    source({ LIVEKIT_AGENTS: 'assistant' }).fetch({ roomName: ROOM, agentName: 'transcriber' }),
    400,
    notForClients('room_config.agents.agent_name'),
  );
});

test('an option that a client may not set is refused, with its name', async () => {
  for (const options of [
    { agentName: 'helper' },
    { agentMetadata: 'x' },
    { deployment: 'x' },
    { agentName: 'helper', agentMetadata: 'x', deployment: 'x' },
  ]) {
    const asked = { roomName: ROOM, ...options };
    await assertFails(source(OPEN).fetch(asked), 400, notForClients('room_config'));
  }
  await assertFails(
    source().fetch({ roomName: ROOM, participantMetadata: 'x' }),
    400,
    notForClients('participant_metadata'),
  );
  await assertFails(
    source().fetch({ roomName: ROOM, participantAttributes: { a: 'b' } }),
    400,
    notForClients('participant_attributes'),
  );
  const own = { LIVEKIT_IDENTITY_POLICY: 'own' };
  await assertFails(
    source(own).fetch({ roomName: ROOM, participantIdentity: 'custom' }),
    400,
    notForClients('participant_identity'),
  );
  const { participantToken } = await source(own).fetch({ roomName: ROOM, participantIdentity: 'user-456' });
  assert.equal(claimsOf(participantToken).sub, 'user-456');
});

test("a refusal is the client's Error with our body, and is not cached", async () => {
  await assertFails(source({}, 'Bearer x').fetch({ roomName: ROOM }), 401, UNAUTHORIZED);
  await assertFails(source().fetch({ roomName: 'channel-private-1' }), 403, FORBIDDEN);
  await assertFails(source().fetch({ roomName: ROOM, participantIdentity: 'user-789' }), 403, FORBIDDEN);
  const one = source();
  await assertFails(one.fetch({ roomName: 'channel-000' }), 403, FORBIDDEN);
  assert.equal(claimsOf((await one.fetch({ roomName: ROOM })).participantToken).video.room, ROOM);
});

test('a token is reused while it is valid and the options are the same', async () => {
  const one = source();
  const first = await one.fetch({ roomName: ROOM });
  assert.deepEqual(await one.fetch({ roomName: ROOM }), first);
  assert.equal(requests(), 1);
  await one.fetch({ roomName: ROOM }, true);
  assert.equal(requests(), 2);
  await one.fetch({ roomName: ROOM, participantName: 'Alice' });
  await one.fetch({ roomName: 'channel-voice-123' });
  assert.equal(requests(), 4);
});

test('concurrent calls send one request', async () => {
  const one = source();
  const answers = await Promise.all(Array.from({ length: 5 }, () => one.fetch({ roomName: ROOM })));
  assert.equal(new Set(answers.map(({ participantToken }) => participantToken)).size, 1);
  assert.equal(requests(), 1);
});

test('a token of a minute or less is never reused, a longer one is', async () => {
  for (const [ttl, count] of [
    ['30', 2],
    ['60', 2],
    ['600', 1],
  ] as const) {
    const one = source({ LIVEKIT_TOKEN_TTL: ttl });
    await one.fetch({ roomName: ROOM });
    await one.fetch({ roomName: ROOM });
    assert.equal(requests(), count, ttl);
    sent.mock.resetCalls();
  }
});

test('attributes count as the same only if they are the same object', async () => {
  const one = source(OPEN);
  const participantAttributes = { mood: 'good' };
  await one.fetch({ roomName: ROOM, participantAttributes });
  await one.fetch({ roomName: ROOM, participantAttributes });
  assert.equal(requests(), 1);
  await one.fetch({ roomName: ROOM, participantAttributes: { mood: 'good' } });
  assert.equal(requests(), 2);
});
