// The room configuration: accepted forms, and refused values with their names.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EncodingOptionsPreset, RoomAgentDispatch, RoomConfiguration } from '@livekit/protocol';
import { AccessToken } from 'livekit-edge';
import { claimsOf, KEY, refusedClaim, SECRET, untyped } from './support.ts';

function sign(roomConfig: unknown): string {
  const at = new AccessToken(KEY, SECRET);
  at.roomConfig = untyped(roomConfig);
  return at.toJwtSync();
}
const signed = (roomConfig: unknown) => claimsOf(sign(roomConfig)).roomConfig;

suite('is accepted', () => {
  const expected = {
    name: 'lobby',
    emptyTimeout: 60,
    egress: { participant: { preset: 'H264_1080P_30' } },
    agents: [{ agentName: 'concierge', restartPolicy: 'JRP_NEVER' }],
  };

  test('as a message', () => {
    const agents = [new RoomAgentDispatch({ agentName: 'concierge', restartPolicy: 1 })];
    const options = { case: 'preset', value: EncodingOptionsPreset.H264_1080P_30 } as const;
    const message = new RoomConfiguration({
      name: 'lobby',
      emptyTimeout: 60,
      agents,
      egress: { participant: { options } },
    });
    assert.deepEqual(signed(message), expected);
    assert.deepEqual(signed({ ...expected, agents }), expected);
  });

  test('as an object with toJson()', () => assert.deepEqual(signed({ toJson: () => expected }), expected));

  test('as a plain object, in both spellings, with enums by name or number', () => {
    assert.deepEqual(signed(expected), expected);
    const snake = {
      name: 'lobby',
      empty_timeout: 60,
      egress: { participant: { preset: 2 } },
      agents: [{ agent_name: 'concierge', restart_policy: 1 }],
    };
    assert.deepEqual(signed(snake), expected);
  });

  test('without defaults, null and undefined', () => {
    const agents = [{ restartPolicy: 'JRP_ON_FAILURE', deployment: '', attributes: {} }, { restartPolicy: 0 }];
    const config = {
      name: '',
      metadata: null,
      tags: {},
      syncStreams: false,
      maxParticipants: 0,
      minPlayoutDelay: undefined,
    };
    assert.deepEqual(signed({ ...config, egress: undefined, agents }), { agents: [{}, {}] });
    assert.deepEqual(signed({}), {});
  });

  test('without unknown fields that are empty', () => {
    const egress = { web: {}, tracks: { alioss: {}, filepath: 'a' } };
    for (const unknown of [null, undefined, '', 0, false, [], {}]) {
      assert.deepEqual(signed({ name: 'lobby', Name: unknown, tomorrow: unknown, egress }), {
        name: 'lobby',
        egress: { tracks: { filepath: 'a' } },
      });
    }
  });

  test('with the default of a oneof', () => {
    for (const preset of [0, 'H264_720P_30']) {
      assert.deepEqual(signed({ egress: { room: { preset } } }), { egress: { room: { preset: 'H264_720P_30' } } });
    }
  });

  test('when the token is signed, and is not changed', () => {
    const config = Object.freeze({ tags: Object.freeze({ a: 'b' }), agents: Object.freeze([]) });
    assert.deepEqual(signed(config), { tags: { a: 'b' } });
  });

  test('as absent if null or undefined', () => {
    for (const absent of [null, undefined]) assert.equal(signed(absent), undefined);
  });
});

suite('is refused', () => {
  const MEMBER = 'has a field that LiveKit does not know';
  const near = (name: string) => `is a field that LiveKit does not know; did you mean ${name}?`;
  const NAME = 'is not a name that LiveKit knows';
  const TWICE = 'is set twice, or together with a field that excludes it';
  const UINT = 'must be an integer from 0 to 4294967295';
  const INT = 'must be an integer from -2147483648 to 2147483647';
  const TEXT = 'must be a well-formed string';
  const room = (room: object) => ({ egress: { room } });
  const advanced = (advanced: object) => room({ advanced });

  const REFUSED: [path: string, problem: string, roomConfig: unknown][] = [
    ...['lobby', 1, true, [], [{}], new Map(), new Date(), () => ({}), 1n].map(
      (config) => ['', 'must be an object', config] as [string, string, unknown],
    ),
    ['', 'must be an object', { toJson: () => 'lobby' }],
    ['.Name', near('name'), { Name: 'lobby' }],
    ['.emptytimeout', near('emptyTimeout'), { emptytimeout: 1 }],
    ['.empty_Timeout', near('emptyTimeout'), { empty_Timeout: 1 }],
    ['', MEMBER, { tomorrow: undefined, unknown: 1 }],
    ['', MEMBER, { numParticipants: 1 }],
    ['.agents', MEMBER, { agents: [{ agentName: 'a' }, { name: 'a' }] }],
    ['.egress', MEMBER, { egress: { web: { url: 'https://example.com' } } }],
    ['.egress.room', MEMBER, room({ output: { case: 'file', value: {} } })],
    ['.egress.tracks.alioss', near('aliOSS'), { egress: { tracks: { alioss: { bucket: 'a' } } } }],
    ['.name', TEXT, { name: 1 }],
    ['.metadata', TEXT, { metadata: { a: 'b' } }],
    ['.metadata', TEXT, { metadata: '\ud83d' }],
    ...[-1, 0.5, 4294967296, '60', true, {}, Number.NaN, 1e21, 60n].map(
      (value) => ['.emptyTimeout', UINT, { emptyTimeout: value }] as [string, string, unknown],
    ),
    ['.departureTimeout', UINT, { departure_timeout: -1 }],
    ['.syncStreams', 'must be a boolean', { syncStreams: 'true' }],
    ['.tags', 'must be an object of strings', { tags: { a: 1 } }],
    ['.tags', 'must be an object of strings', { tags: ['a'] }],
    ['.tags', 'must be an object of strings', { tags: new Map([['a', 'b']]) }],
    ['.agents', 'must be a list of objects', { agents: { agentName: 'a' } }],
    ['.agents', 'must be a list of objects', { agents: ['a'] }],
    ['.agents', 'must be a list of objects', { agents: [null] }],
    ['.agents.attributes', 'must be an object of strings', { agents: [{ attributes: { a: null } }] }],
    ['.agents.restartPolicy', NAME, { agents: [{ restartPolicy: 2 }] }],
    ['.agents.restartPolicy', NAME, { agents: [{ restartPolicy: 'jrp_never' }] }],
    ['.agents.restartPolicy', NAME, { agents: [{ restartPolicy: '' }] }],
    ['.agents.restartPolicy', NAME, { agents: [{ restartPolicy: -1 }] }],
    ['.agents.restartPolicy', NAME, { agents: [{ restartPolicy: '1' }] }],
    ['.agents.restartPolicy', 'must be a name or its number', { agents: [{ restartPolicy: true }] }],
    ['.egress', 'must be an object', { egress: [] }],
    ['.egress.room.preset', NAME, room({ preset: 9 })],
    ['.egress.room.preset', NAME, room({ preset: 'H264_4K' })],
    ['.egress.room.advanced', TWICE, room({ preset: 0, advanced: {} })],
    ['.egress.room.stream', TWICE, room({ file: {}, stream: {} })],
    ['.egress.room.segments', TWICE, room({ file: {}, segments: {} })],
    ['.egress.participant.advanced', TWICE, { egress: { participant: { preset: 1, advanced: {} } } }],
    ['.egress.tracks.gcp', TWICE, { egress: { tracks: { s3: {}, gcp: {} } } }],
    ['.egress.room.imageOutputs.aliOSS', TWICE, room({ imageOutputs: [{ azure: {}, aliOSS: {} }] })],
    ['.emptyTimeout', TWICE, { emptyTimeout: 1, empty_timeout: 1 }],
    ['.egress.room.advanced.width', INT, advanced({ width: 2147483648 })],
    ['.egress.room.advanced.width', INT, advanced({ width: 1.5 })],
    [
      '.egress.room.advanced.keyFrameInterval',
      'must be a number below 4294967296',
      advanced({ keyFrameInterval: '2' }),
    ],
    [
      '.egress.room.advanced.keyFrameInterval',
      'must be a number below 4294967296',
      advanced({ keyFrameInterval: Number.NaN }),
    ],
    ['.egress.room.advanced.audioCodec', NAME, advanced({ audioCodec: 'opus' })],
    [
      '.egress.room.webhooks.filterParams.includeEvents',
      TEXT,
      room({ webhooks: [{ filterParams: { includeEvents: [1] } }] }),
    ],
    [
      '.egress.room.webhooks.filterParams.includeEvents',
      'must be a list of strings',
      room({ webhooks: [{ filterParams: { includeEvents: 'room_started' } }] }),
    ],
  ];
  for (const [index, [path, problem, roomConfig]] of REFUSED.entries()) {
    test(`${index}: roomConfig${path} ${problem}`, () => {
      assert.throws(() => sign(roomConfig), refusedClaim(`roomConfig${path} ${problem}`, `roomConfig${path}`));
    });
  }
});

test('if it has a cycle, as too deep', () => {
  const cycle: Record<string, unknown> = {};
  cycle['egress'] = cycle;
  assert.throws(() => sign(cycle), refusedClaim('roomConfig.egress must be an object'));
});

test('a list or map of a room configuration may be long', () => {
  const tags = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`${index}`, 'a']));
  assert.deepEqual(signed({ tags }), { tags });
});
