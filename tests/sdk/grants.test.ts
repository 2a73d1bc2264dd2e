// Grants with a wrong type or name, grants without a required field, and the sources that may be published.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AccessToken, claimsToJwtPayload, TrackSource, type TrackSourceName, trackSourceToString } from 'livekit-edge';
import { builder, claimsOf, KEY, refusedClaim, SECRET, untyped } from './support.ts';

const ADD = {
  video: 'addGrant',
  sip: 'addSIPGrant',
  agent: 'addAgentGrant',
  agentEndpoint: 'addAgentEndpointGrant',
  agentThread: 'addAgentThreadGrant',
  inference: 'addInferenceGrant',
  observability: 'addObservabilityGrant',
} as const;
type Claim = keyof typeof ADD;

/** A token with one grant. */
function withGrant(claim: Claim, grant: unknown): AccessToken {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice' });
  at[ADD[claim]](untyped(grant));
  return at;
}
const grantOf = (claim: Claim, grant: unknown) => claimsOf(withGrant(claim, grant).toJwtSync())[claim];

function assertRefused(claim: Claim, grant: unknown, message: string, path?: string): void {
  assert.throws(() => withGrant(claim, grant).toJwtSync(), refusedClaim(message, path));
}

suite('unknown fields are refused', () => {
  const UNKNOWN: [claim: Claim, member: string, near?: string][] = [
    ['video', 'roomjoin', 'roomJoin'],
    ['video', 'RoomJoin', 'roomJoin'],
    ['video', 'room_join', 'roomJoin'],
    ['video', 'roomName', 'room'],
    ['video', 'canPublishVideo', 'canPublish'],
    ['video', 'canpublish', 'canPublish'],
    ['video', '__proto__'],
    ['sip', 'Admin', 'admin'],
    ['agent', 'simulation_admin', 'simulationAdmin'],
    ['agentEndpoint', 'name'],
    ['agentThread', 'threadIDs', 'threadIds'],
    ['inference', 'Perform', 'perform'],
    ['observability', 'read'],
  ];
  for (const [claim, member, near] of UNKNOWN) {
    test(`${claim}.${member}`, () => {
      for (const value of [true, false, null, '']) {
        const grant = JSON.parse(JSON.stringify({ [member]: value }));
        const path = `${claim}.${member}`;
        if (near === undefined) assertRefused(claim, grant, `${claim} has a field that LiveKit does not know`, claim);
        else assertRefused(claim, grant, `${path} is a field that LiveKit does not know; did you mean ${near}?`, path);
      }
    });
  }
});

suite('fields of a wrong type are refused', () => {
  const WRONG = ['true', 'false', '', 1, 0, {}, [], new Boolean(true), () => true];
  const FLAGS: [Claim, string][] = [
    ...['roomCreate', 'roomJoin', 'roomList', 'roomRecord', 'roomAdmin', 'ingressAdmin', 'hidden', 'recorder', 'agent'],
    ...['canPublish', 'canSubscribe', 'canPublishData', 'canUpdateOwnMetadata', 'canSubscribeMetrics'],
    'canManageAgentSession',
  ].map((member) => ['video', member] as [Claim, string]);
  FLAGS.push(['sip', 'admin'], ['agent', 'dispatchAdmin'], ['agentEndpoint', 'call'], ['agentThread', 'all']);
  FLAGS.push(['inference', 'perform'], ['observability', 'write']);
  for (const [claim, member] of FLAGS) {
    test(`${claim}.${member} must be a boolean`, () => {
      for (const value of WRONG) assertRefused(claim, { [member]: value }, `${claim}.${member} must be a boolean`);
    });
  }

  const TEXTS: [Claim, string][] = [
    ['video', 'room'],
    ['video', 'destinationRoom'],
    ['agentEndpoint', 'agentName'],
    ['agentEndpoint', 'deployment'],
    ['agentThread', 'scope'],
  ];
  for (const [claim, member] of TEXTS) {
    test(`${claim}.${member} must be a string`, () => {
      for (const value of [1, 0, true, false, {}, [], ['lobby'], new Date(0), '\ud83d']) {
        assertRefused(claim, { [member]: value }, `${claim}.${member} must be a well-formed string`);
      }
    });
  }

  test('agentThread.threadIds must be strings', () => {
    const message = 'agentThread.threadIds must be a';
    for (const value of ['a', {}, [1], [null], [['a']], new Set(['a'])]) {
      assert.throws(
        () => withGrant('agentThread', { threadIds: value }).toJwtSync(),
        (error: Error) => error.message.startsWith(message),
      );
    }
  });

  test('a grant must be an object', () => {
    assertRefused('video', 'roomJoin', 'video must be an object');
    assertRefused('sip', ['admin'], 'sip must be an object');
    for (const grant of [new Map([['roomJoin', true]]), new Set(['roomJoin']), new Date(), 1, true]) {
      assert.throws(() => withGrant('video', grant).toJwtSync(), { code: 'invalid_claim', status: 400 });
    }
  });
});

test('undefined and null are unset; false is written if it denies', () => {
  const members = ['canPublish', 'canSubscribe', 'canPublishData', 'roomJoin', 'hidden', 'room'];
  for (const absent of [undefined, null]) {
    const grant = Object.fromEntries(members.map((member) => [member, absent]));
    assert.deepEqual(grantOf('video', grant), {});
  }
  const threeState = {
    canPublish: false,
    canSubscribe: false,
    canPublishData: false,
    canUpdateOwnMetadata: false,
    canSubscribeMetrics: false,
    canManageAgentSession: false,
  };
  assert.deepEqual(grantOf('video', { ...threeState, roomCreate: false, hidden: false, room: '' }), threeState);
});

suite('a grant without a required field is refused', () => {
  test('joining needs a room', () => {
    for (const room of [undefined, null, ''])
      assertRefused('video', { roomJoin: true, room }, 'video.room is required');
    assertRefused('video', { roomJoin: true }, 'video.room is required');
  });
  test('except if it allows more than one room', () => {
    for (const right of ['roomCreate', 'roomList', 'roomRecord', 'ingressAdmin']) {
      assert.deepEqual(grantOf('video', { roomJoin: true, [right]: true }), { [right]: true, roomJoin: true });
      assertRefused('video', { roomJoin: true, [right]: false }, 'video.room is required', 'video.room');
    }
  });
  test('joining needs an identity', () => {
    for (const identity of [undefined, untyped(null), '']) {
      assert.throws(() => builder({ identity }).toJwtSync(), refusedClaim('identity is required'));
    }
  });
  test('roomAdmin needs a room', () => assertRefused('video', { roomAdmin: true }, 'video.room is required'));
  test('other grants need neither', () => {
    const grant = { roomCreate: true, roomList: true, roomRecord: true, ingressAdmin: true };
    const at = new AccessToken(KEY, SECRET);
    at.addGrant(grant);
    assert.deepEqual(claimsOf(at.toJwtSync()).video, grant);
  });
});

suite('canPublishSources', () => {
  const NAMES = ['camera', 'microphone', 'screen_share', 'screen_share_audio'];
  const sources = (list: unknown) => ({ canPublishSources: list });

  test('may be numbers, names or both, also repeated', () => {
    for (const list of [[1, 2, 3, 4], NAMES, [TrackSource.CAMERA, 'microphone', 3, 'screen_share_audio']]) {
      const at = withGrant('video', sources(list));
      const before = structuredClone(list);
      for (const token of [at.toJwtSync(), at.toJwtSync()]) assert.deepEqual(claimsOf(token).video, sources(NAMES));
      assert.deepEqual(list, before);
    }
  });

  test('as an empty list is refused, because it would allow all', () => {
    assertRefused('video', sources([]), 'video.canPublishSources must not be empty');
  });

  for (const list of [[0], [5], [-1], [1.5], ['CAMERA'], ['camera', 'Microphone'], ['unknown'], [''], ['1'], [1e21]]) {
    test(`${JSON.stringify(list)} is refused`, () => {
      assertRefused('video', sources(list), 'video.canPublishSources is not a name that LiveKit knows');
    });
  }

  for (const list of [
    'camera',
    1,
    {},
    true,
    [null],
    [undefined],
    [true],
    [['camera']],
    [{}],
    [Number.NaN],
    new Set([1]),
  ]) {
    test(`${typeof list} ${JSON.stringify(list)} is refused`, () => {
      assertRefused('video', sources(list), 'video.canPublishSources must be a list of track sources');
    });
  }

  test('undefined and null mean all sources, and are not written', () => {
    for (const absent of [undefined, null]) assert.deepEqual(grantOf('video', sources(absent)), {});
  });

  test('the helpers refuse a number that is not a source, and change nothing', () => {
    for (const source of [TrackSource.UNKNOWN, 5, 'camera', undefined]) {
      assert.throws(() => trackSourceToString(untyped(source)), refusedClaim('Not a track source'));
    }
    const video = { canPublishSources: [TrackSource.CAMERA, 'microphone' as TrackSourceName] };
    const names = { video: { canPublishSources: ['camera', 'microphone'] } };
    for (let times = 0; times < 2; times++) assert.deepEqual(claimsToJwtPayload({ video }), names);
    assert.deepEqual(claimsToJwtPayload({ name: 'Alice' }), { name: 'Alice' });
  });
});
