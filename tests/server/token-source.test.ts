/** POST /token-source, request by request: what LiveKit's clients of any version may send. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertError,
  BANNED,
  badRequest,
  FORBIDDEN,
  NOT_ALLOWED,
  NOT_CONFIGURED,
  NOT_JSON,
  NOT_OBJECT,
  TWICE,
  UNAUTHORIZED,
  UNSUPPORTED,
} from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { fullGrant } from '../support/livekit-token.ts';
import { notForClients, sourceClaims } from '../support/token-source.ts';
import { userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const OPEN = { LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true' };
const OWN = { LIVEKIT_IDENTITY_POLICY: 'own' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());

const ask = (body: unknown, asking?: Asking) => endpoint.post('/token-source', body, asking);

test('both spellings of every field mean the same, on both prefixes', async () => {
  const snake = {
    room_name: ROOM,
    participant_name: 'Alice',
    participant_identity: 'alice-phone',
    participant_metadata: '{}',
    participant_attributes: { a_b: 'c' },
    room_config: {},
  };
  const camel = {
    roomName: ROOM,
    participantName: 'Alice',
    participantIdentity: 'alice-phone',
    participantMetadata: '{}',
    participantAttributes: { a_b: 'c' },
    roomConfig: {},
  };
  for (const base of ['/api/livekit', '/livekit']) {
    for (const body of [snake, camel]) {
      const { sub, name, video, metadata, attributes } = sourceClaims(await ask(body, { base, settings: OPEN }));
      assert.deepEqual(
        [sub, name, metadata, attributes, video],
        ['alice-phone', 'Alice', '{}', { a_b: 'c' }, { ...fullGrant(ROOM), canUpdateOwnMetadata: true }],
      );
    }
  }
});

test('a field in both spellings is refused, whatever its values', async () => {
  for (const [one, other, value] of [
    ['room_name', 'roomName', ROOM],
    ['participant_name', 'participantName', 'x'],
    ['participant_identity', 'participantIdentity', 'x'],
    ['participant_metadata', 'participantMetadata', 'x'],
    ['participant_attributes', 'participantAttributes', {}],
    ['room_config', 'roomConfig', {}],
  ] as const) {
    assertError(await ask({ room_name: ROOM, [one]: value, [other]: value }), TWICE, one);
  }
  assertError(await ask(`{"room_name":"${ROOM}","room_name":"channel-voice-123"}`), TWICE);
});

test('unknown fields are ignored, also those of /token and those in another case', async () => {
  const body = { room_name: ROOM, roomId: 'channel-private-1', identity: 'user-789', ttl: -1, Room_Name: 1, x: [{}] };
  const { sub, video, exp, nbf } = sourceClaims(await ask(body));
  assert.deepEqual([sub, video, exp - nbf], ['user-456', fullGrant(ROOM), 3600]);
  sourceClaims(await ask({ ...body, kind: 'agent', video: { roomAdmin: true }, participant_kind: 4, __proto__: null }));
});

test('an empty field and a null count as absent', async () => {
  for (const nothing of [null, '']) {
    const body = {
      room_name: ROOM,
      participant_name: nothing,
      participant_identity: nothing,
      participant_metadata: nothing,
      participant_attributes: nothing === null ? null : {},
      room_config: nothing === null ? null : {},
    };
    const { sub, name, ...rest } = sourceClaims(await ask(body, { settings: OWN }));
    assert.deepEqual([sub, name, 'metadata' in rest, 'attributes' in rest], ['user-456', 'user-456', false, false]);
  }
  for (const body of ['', {}, { room_name: null }]) {
    assertError(await ask(body), badRequest(['room_name should not be empty', 'room_name must be a string']));
  }
});

test('of a room configuration a client may set the agents that LIVEKIT_AGENTS lists', async () => {
  const AGENTS = { ...OPEN, LIVEKIT_AGENTS: 'assistant, transcriber' };
  for (const room_config of [{}, null, { agents: [] }, { name: '' }, { x: null }, { agents: [{}] }]) {
    for (const settings of [OPEN, AGENTS]) {
      assert.ok(!('roomConfig' in sourceClaims(await ask({ room_name: ROOM, room_config }, { settings }))));
    }
  }
  for (const room_config of [
    [],
    '',
    0,
    false,
    { x: 1 },
    { agents: 'assistant' },
    { agents: [{ agent_name: 'assistant' }] },
  ]) {
    for (const field of ['room_config', 'roomConfig']) {
      const asked = { room_name: ROOM, [field]: room_config };
      assertError(await ask(asked, { settings: OPEN, as: 'user-owner' }), notForClients('room_config'));
    }
  }
  const agents = [{ agent_name: 'assistant', metadata: 'm', deployment: 'd' }, { agentName: 'transcriber' }, {}];
  const claims = sourceClaims(await ask({ room_name: ROOM, room_config: { agents } }, { settings: AGENTS }));
  assert.deepEqual(claims.roomConfig, {
    agents: [{ agentName: 'assistant', metadata: 'm', deployment: 'd' }, { agentName: 'transcriber' }],
  });
  for (const [room_config, ...messages] of [
    [{ agents: [{ agent_name: 'other' }] }, 'room_config.agents.agent_name must not be set by a client'],
    [{ agents: [{ metadata: 'm' }] }, 'room_config.agents.agent_name must not be set by a client'],
    [
      { agents: Array(1000).fill({ agent_name: 'assistant' }) },
      'room_config.agents must not have more than 16 elements',
    ],
    [{ agents: [{ agent_name: 'assistant' }], empty_timeout: 5 }, 'room_config must not be set by a client'],
    [{ agents: [{ agent_name: 7 }] }, 'room_config must be a room configuration of LiveKit'],
    ['assistant', 'room_config must be a room configuration of LiveKit'],
  ]) {
    assertError(await ask({ room_name: ROOM, room_config }, { settings: AGENTS }), badRequest(messages as string[]));
  }
});

test('a client may set metadata and attributes only if participants may change them anyway', async () => {
  const body = { room_name: ROOM, participant_metadata: 'x', participant_attributes: { a: 'b' } };
  for (const LIVEKIT_CAN_UPDATE_OWN_METADATA of [null, '', 'false', '0', 'yes']) {
    const settings = { LIVEKIT_CAN_UPDATE_OWN_METADATA };
    assertError(await ask(body, { settings }), notForClients('participant_metadata', 'participant_attributes'));
  }
  for (const as of ['user-456', 'user-mod', 'user-owner']) {
    const { metadata, attributes } = sourceClaims(await ask(body, { settings: OPEN, as }));
    assert.deepEqual([metadata, attributes], ['x', { a: 'b' }]);
  }
});

test("a client may choose another identity only with preserve, and never another user's", async () => {
  const body = { room_name: ROOM, participant_identity: 'alice-phone' };
  assert.equal(sourceClaims(await ask(body)).sub, 'alice-phone');
  for (const LIVEKIT_IDENTITY_POLICY of ['own', 'forced']) {
    assertError(await ask(body, { settings: { LIVEKIT_IDENTITY_POLICY } }), notForClients('participant_identity'));
  }
  assert.equal(
    sourceClaims(await ask({ ...body, participant_identity: 'user-456' }, { settings: OWN })).sub,
    'user-456',
  );
  for (const participant_identity of ['user-789', 'user-owner', 'user-banned']) {
    for (const as of ['user-456', 'user-owner', 'user-mod']) {
      const expected = participant_identity === as ? undefined : FORBIDDEN;
      const answer = await ask({ ...body, participant_identity }, { as });
      if (expected === undefined) sourceClaims(answer);
      else assertError(answer, expected, `${as} as ${participant_identity}`);
    }
  }
});

test('a body that is not an object or not JSON is 400, an unauthenticated request 401', async () => {
  for (const [body, error] of [
    ['{', NOT_JSON],
    ['room_name=x', NOT_JSON],
    ['[]', NOT_OBJECT],
    ['"x"', NOT_OBJECT],
  ] as const) {
    assertError(await ask(body), error);
    assertError(await ask(body, { as: null }), error);
  }
  for (const as of [null, 'user-000']) assertError(await ask({ room_name: ROOM }, { as }), UNAUTHORIZED);
  assertError(await ask({ room_name: ROOM }, { as: 'user-banned' }), BANNED);
  for (const room_name of ['channel-private-1', 'channel-000', 'dm-group-1', 'CHANNEL-ABC123', 'chännel-abc123']) {
    assertError(await ask({ room_name }), FORBIDDEN);
  }
  for (const as of ['user-stranger', 'user-timeout']) assertError(await ask({ room_name: ROOM }, { as }), FORBIDDEN);
  const Cookie = `access_token=${userToken('user-456')}`;
  sourceClaims(await ask({ room_name: ROOM }, { as: null, headers: { Cookie, 'Content-Type': 'application/json' } }));
  assertError(await ask({ room_name: ROOM }, { as: null, headers: { Cookie } }), UNSUPPORTED);
  assertError(await endpoint.get('/token-source'), NOT_ALLOWED);
});

test('without a URL, a key or a secret no response looks like a success to a client', async () => {
  for (const name of ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) {
    for (const value of [null, '', ' ']) {
      const settings = { [name]: value };
      assertError(await ask({ room_name: ROOM }, { settings }), NOT_CONFIGURED, name);
      assertError(await ask({ room_name: 'channel-000' }, { settings }), FORBIDDEN);
    }
  }
});
