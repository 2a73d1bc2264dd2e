/** An application's own table of grants: its argument, and which of its results get into a token. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  assertError,
  assertToken,
  BANNED,
  FORBIDDEN,
  NOT_GENERATED,
  UNAUTHORIZED,
  UNAVAILABLE,
} from '../support/answers.ts';
import { type Asking, type Endpoint, logLines, startEndpoint, supportScript } from '../support/endpoint.ts';
import { TABLE_HEADER, type Table, toHeader } from '../support/headers.ts';
import { claimsOf } from '../support/livekit-token.ts';
import { sourceClaims } from '../support/token-source.ts';

const ROOM = 'channel-abc123';
const JOIN = { room: ROOM, roomJoin: true };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('grants-worker.ts') });
});
after(() => endpoint.stop());

function ask(
  table: Table,
  { path = '/token', roomId = ROOM, ...asking }: Asking & { path?: string; roomId?: string } = {},
) {
  const body = path === '/token-source' ? { room_name: roomId } : { roomId };
  return endpoint.post(path, body, { ...asking, headers: { [TABLE_HEADER]: toHeader(table), ...asking.headers } });
}

/** The `video` claim that results from a grant. */
const videoOf = async (table: Table, asking?: Parameters<typeof ask>[1]) =>
  claimsOf(assertToken(await ask(table, asking), JSON.stringify(table)).token).video;

async function factsOf(asking: Parameters<typeof ask>[1]) {
  const { headers } = await ask({ grant: {} }, asking);
  return JSON.parse(headers.get('x-test-facts') ?? 'null');
}

const MEMBER = [
  'READ_COMMUNITY',
  'READ_CHANNEL',
  'READ_MEMBER',
  'READ_MESSAGE',
  'CREATE_MESSAGE',
  'JOIN_CHANNEL',
  'CREATE_REACTION',
  'DELETE_REACTION',
  'READ_ALIAS_GROUP',
  'READ_ALIAS_GROUP_MEMBER',
  'CAPTURE_REPLAY',
];

test('it gets the caller, the kind of room, and the actions of the caller', async () => {
  const sorted = ({ actions, ...rest }: { actions: string[] }) => ({ ...rest, actions: actions.sort() });
  const alice = {
    kind: 'channel',
    roomId: 'channel-abc123',
    identity: 'user-456',
    isTimedOut: false,
    userId: 'user-456',
    isOwner: false,
    isPrivate: false,
    isMember: false,
    actions: MEMBER.toSorted(),
  };
  for (const path of ['/token', '/token-source']) assert.deepEqual(sorted(await factsOf({ path })), alice);
  const mod = await factsOf({ as: 'user-mod', roomId: 'channel-private-1' });
  assert.deepEqual([mod.isPrivate, mod.isMember, mod.actions.includes('MUTE_PARTICIPANT')], [true, true, true]);
  assert.deepEqual(await factsOf({ path: '/dm-token', roomId: 'dm-group-1' }), {
    ...alice,
    kind: 'group',
    roomId: 'dm-group-1',
    isMember: true,
    actions: [],
  });
  const owner = await factsOf({ as: 'user-owner' });
  assert.deepEqual([owner.userId, owner.isOwner, owner.actions], ['user-owner', true, []]);
  const silenced = await factsOf({ as: 'user-timeout', settings: { LIVEKIT_GRANTS: 'role' } });
  assert.equal(silenced.isTimedOut, true);
});

test('it is not called for callers who may not join', async () => {
  for (const [asking, error] of [
    [{ as: null }, UNAUTHORIZED],
    [{ as: 'user-banned' }, BANNED],
    [{ as: 'user-stranger' }, FORBIDDEN],
    [{ as: 'user-timeout' }, FORBIDDEN],
    [{ roomId: 'channel-private-1' }, FORBIDDEN],
    [{ path: '/dm-token' }, FORBIDDEN],
  ] as const) {
    const answer = await ask({ grant: { roomAdmin: true } }, asking);
    assertError(answer, error);
    assert.equal(answer.headers.get('x-test-facts'), null);
  }
});

test('each grant that a client may have reaches the token; room and roomJoin are added', async () => {
  assert.deepEqual(await videoOf({ grant: {} }), JOIN);
  for (const name of [
    'canPublish',
    'canSubscribe',
    'canPublishData',
    'canUpdateOwnMetadata',
    'canSubscribeMetrics',
    'canManageAgentSession',
  ]) {
    for (const value of [true, false]) {
      assert.deepEqual(await videoOf({ grant: { [name]: value } }), { ...JOIN, [name]: value });
    }
    assert.deepEqual(await videoOf({ grant: { [name]: null } }), JOIN);
  }
  assert.deepEqual(await videoOf({ grant: { roomAdmin: true } }), { ...JOIN, roomAdmin: true });
  const sources = ['camera', 'microphone', 'screen_share', 'screen_share_audio'];
  assert.deepEqual(await videoOf({ grant: { canPublishSources: [1, 2, 3, 4] } }), {
    ...JOIN,
    canPublishSources: sources,
  });
  assert.deepEqual(await videoOf({ grant: { canPublishSources: ['microphone'] } }), {
    ...JOIN,
    canPublishSources: ['microphone'],
  });
  assert.deepEqual(await videoOf({ grant: { ...JOIN, roomAdmin: false, hidden: false, destinationRoom: '' } }), JOIN);
});

test('it decides for groups and for LiveKit’s clients too, in place of LIVEKIT_GRANTS', async () => {
  const table = { grant: { canPublish: false } };
  const expected = { ...JOIN, canPublish: false };
  for (const LIVEKIT_GRANTS of ['full', 'role']) {
    const settings = { LIVEKIT_GRANTS, LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true' };
    assert.deepEqual(await videoOf(table, { settings, as: 'user-mod' }), expected);
    assert.deepEqual(await videoOf(table, { settings, as: 'user-owner' }), expected);
    assert.deepEqual(sourceClaims(await ask(table, { settings, path: '/token-source' })).video, expected);
    const group = { path: '/dm-token', roomId: 'dm-group-1', settings };
    assert.deepEqual(await videoOf(table, group), { ...expected, room: 'dm-group-1' });
  }
});

test('null and undefined are 403', async () => {
  for (const table of [{ says: 'undefined' }, { grant: null }]) {
    for (const asking of [{}, { as: 'user-owner' }, { path: '/token-source' }]) {
      assertError(await ask(table, asking), FORBIDDEN);
    }
  }
});

test('a caller without permission to publish cannot set metadata or attributes', async () => {
  const settings = { LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true', LIVEKIT_AGENTS: 'assistant' };
  for (const fields of [
    { participant_metadata: 'x' },
    { participant_attributes: { a: 'b' } },
    { room_config: { agents: [{ agent_name: 'assistant' }] } },
  ]) {
    const post = (grant: object) =>
      endpoint.post(
        '/token-source',
        { room_name: ROOM, ...fields },
        { settings, headers: { [TABLE_HEADER]: toHeader({ grant }) } },
      );
    assertError(await post({ canPublish: false }), FORBIDDEN);
    for (const grant of [{ canPublish: true }, {}]) {
      const { metadata, attributes, roomConfig } = sourceClaims(await post(grant));
      assert.ok(metadata ?? attributes ?? roomConfig, JSON.stringify(fields));
    }
  }
});

test('a function that never resolves is 503 after two seconds', async () => {
  assertError(await ask({ says: 'nothing, for ever' }), UNAVAILABLE);
  assert.deepEqual(await videoOf({ grant: {} }), JOIN);
});

test('it may be slow, and changing its argument has no effect', async () => {
  const muted = { ...JOIN, canPublish: false };
  assert.deepEqual(await videoOf({ says: 'a promise' }), muted);
  const { token, identity } = assertToken(await ask({ says: 'changed facts' }));
  assert.deepEqual([claimsOf(token).video, claimsOf(token).sub, identity], [muted, 'user-456', 'user-456']);
});

describe('500, no token, and a good request afterwards', () => {
  async function assertRefused(table: Table) {
    const what = JSON.stringify(table);
    for (const path of ['/token', '/token-source']) assertError(await ask(table, { path }), NOT_GENERATED, what);
    assert.deepEqual(await videoOf({ grant: {} }), JOIN, `after ${what}`);
  }

  for (const name of ['roomCreate', 'roomList', 'roomRecord', 'ingressAdmin', 'hidden', 'recorder', 'agent']) {
    test(name, async () => {
      await assertRefused({ grant: { canPublish: true, [name]: true } });
      for (const value of ['true', 1, {}, []]) await assertRefused({ grant: { [name]: value } });
    });
  }

  test('a grant for another room, or without joining, is 500', async () => {
    for (const room of ['channel-voice-123', 'CHANNEL-ABC123', `${ROOM} `, ' ', 1, true, {}, [ROOM]]) {
      await assertRefused({ grant: { room } });
    }
    for (const destinationRoom of ['channel-voice-123', ROOM, 1]) await assertRefused({ grant: { destinationRoom } });
    for (const roomJoin of [false, 'true', 1, 0, '', {}]) await assertRefused({ grant: { roomJoin } });
  });

  test('unknown grants and values that are not grants of rooms are 500', async () => {
    for (const name of [
      'kind',
      'sip',
      'agentThread',
      'video',
      'RoomAdmin',
      'ROOMCREATE',
      'room_create',
      'canpublish',
      '',
    ]) {
      await assertRefused({ grant: { [name]: true } });
    }
    await assertRefused({ grant: { kind: 'agent' } });
    await assertRefused({ grant: { sip: { admin: true } } });
  });

  test('wrong types are 500, of the result and of each grant', async () => {
    for (const grant of ['full', '', 1, 0, true, false, [], [{ canPublish: true }]]) await assertRefused({ grant });
    for (const value of ['true', 'false', 1, 0, [], {}]) await assertRefused({ grant: { canPublish: value } });
    await assertRefused({ grant: { roomAdmin: 'true' } });
  });

  test('an empty list of sources, which would allow all, and unknown sources are 500', async () => {
    for (const canPublishSources of [[], ['CAMERA'], [0], [5], ['microphone', 'unknown'], [null], [[]], 'camera', {}]) {
      await assertRefused({ grant: { canPublishSources } });
    }
  });

  for (const says of [
    'exception',
    'rejection',
    'an exception that is no Error',
    'a function',
    'a symbol',
    'a BigInt',
    'a map',
    'a circle',
    'NaN',
    'a hole',
    'a getter that throws',
    'a getter that throws a value that is no Error',
    'a toJson that throws',
    'a toJson that returns more grants',
    'a then that throws',
    'a proxy that throws',
    'a hidden member',
    'a hidden denial',
    'an inherited member',
    'an inherited denial',
  ]) {
    test(says, () => assertRefused({ says }));
  }

  test('the log has the reason, and nothing that the table returned', async () => {
    await assertRefused({ grant: { roomCreate: true } });
    const [line] = await endpoint.logged('Failed to generate LiveKit token');
    assert.equal(line?.level, 'error');
    await assertRefused({ says: 'exception' });
    await endpoint.logged('Failed to generate LiveKit token');
    assert.ok(logLines(endpoint.log).some(({ code, reason }) => code === 'grant_refused' && reason === 'roomCreate'));
    assert.doesNotMatch(endpoint.log.join('\n'), /hunter2/);
  });
});

test('each field is read once, so that the checked value is the signed value', async () => {
  for (let count = 0; count < 6; count++) {
    const { roomAdmin } = (await videoOf({ says: 'a getter that changes its mind' })) as { roomAdmin?: boolean };
    assert.equal(roomAdmin, count % 2 === 1 ? true : undefined);
  }
});
