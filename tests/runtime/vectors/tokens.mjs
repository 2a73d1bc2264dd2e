/** AccessToken: options and grants → claims, or the error. */
import { KEY, NOW } from './jws.mjs';

const SIX_HOURS = 21_600;
const JOIN = { roomJoin: true, room: 'lobby' };
const value = ($value) => ({ $value });
const times = ($times, of) => ({ $times, of });

/** The claims of every token, then those of the vector. */
const claims = ({ ttl = SIX_HOURS, ...more } = {}) => ({ iss: KEY, nbf: NOW, exp: NOW + ttl, ...more });
const alice = (more) => claims({ sub: 'alice', ...more });

const ttlCases = [
  [1, 1],
  [600, 600],
  [1.9, 1],
  ['10m', 600],
  ['10 m', 600],
  ['2 days', 172_800],
  ['1.5h', 5400],
  ['+3 Minutes', 180],
  [' 1h', 3600],
  ['1 hour from now', 3600],
  ['2w', 1_209_600],
  ['1y', 31_557_600],
];

const UNICODE = {
  'accents, composed': 'Zo\u00eb',
  'accents, combining': 'Zoe\u0308',
  'beyond the basic plane': '\u{1f980}\u{10ffff}',
  'an emoji of many': '\u{1f469}\u{1f3fd}\u200d\u{1f680}',
  'right to left': '\u0645\u0631\u062d\u0628\u0627',
  'line separators': 'a\u2028b\u2029c',
  'what JSON escapes': '"\\/\b\f\n\r\t\u0000\u001f\u007f',
  'what HTML escapes': '<script>&amp;</script>',
  'noncharacters and a byte order mark': '\ufeffa\ufffe\uffff',
};

export const minted = [
  { name: 'nothing but an identity', options: { identity: 'alice' }, claims: alice() },
  { name: 'no identity and no grant', options: {}, claims: claims() },
  { name: 'no options', claims: claims() },
  {
    name: 'a right that needs no identity',
    given: { video: { roomList: true } },
    claims: claims({ video: { roomList: true } }),
  },
  { name: 'join', options: { identity: 'alice' }, given: { video: JOIN }, claims: alice({ video: JOIN }) },
  {
    name: 'false is written where unset means something else, and only there',
    options: { identity: 'alice' },
    given: {
      video: {
        ...JOIN,
        canPublish: false,
        canSubscribe: false,
        canPublishData: false,
        canUpdateOwnMetadata: false,
        canSubscribeMetrics: false,
        canManageAgentSession: false,
        hidden: false,
        recorder: false,
        roomAdmin: false,
        agent: false,
      },
    },
    claims: alice({
      video: {
        ...JOIN,
        canPublish: false,
        canSubscribe: false,
        canPublishData: false,
        canUpdateOwnMetadata: false,
        canSubscribeMetrics: false,
        canManageAgentSession: false,
      },
    }),
  },
  {
    name: 'sources by number and by name',
    options: { identity: 'alice' },
    given: { video: { ...JOIN, canPublishSources: [1, 'microphone', 3, 'screen_share_audio'] } },
    claims: alice({
      video: { ...JOIN, canPublishSources: ['camera', 'microphone', 'screen_share', 'screen_share_audio'] },
    }),
  },
  {
    name: 'grants add up',
    options: { identity: 'alice' },
    given: { video: { ...JOIN, canPublish: true }, sip: { call: true } },
    more: { video: { canPublish: false, hidden: true }, sip: { admin: true } },
    claims: alice({ video: { ...JOIN, canPublish: false, hidden: true }, sip: { admin: true, call: true } }),
  },
  {
    name: 'what is undefined or empty is left out',
    options: { identity: 'alice', name: '', metadata: '', attributes: {}, ttl: value('undefined') },
    given: {
      video: { ...JOIN, canPublish: value('undefined'), destinationRoom: '' },
      kind: value('undefined'),
      kindDetails: [],
    },
    claims: alice({ video: JOIN }),
  },
  {
    name: 'properties set after construction',
    options: { identity: 'bob', ttl: 5, name: 'Bob', metadata: 'm', attributes: { a: 'b' } },
    given: { identity: 'alice', ttl: 600, name: 'Alice', metadata: 'M', attributes: { c: 'd' } },
    claims: alice({ ttl: 600, name: 'Alice', metadata: 'M', attributes: { c: 'd' } }),
  },
  {
    name: 'a room configuration in snake_case with numbers and defaults',
    options: { identity: 'alice' },
    given: {
      roomConfig: {
        name: '',
        empty_timeout: 60,
        departureTimeout: 0,
        sync_streams: false,
        agents: [{ agent_name: 'helper', restart_policy: 1, metadata: '' }],
        tags: { 'my-Tag_1': 'x' },
        egress: { room: { preset: 0, audio_mixing: 1, file_outputs: [{ file_type: 1, filepath: 'a.mp4' }] } },
      },
    },
    claims: alice({
      roomConfig: {
        emptyTimeout: 60,
        agents: [{ agentName: 'helper', restartPolicy: 'JRP_NEVER' }],
        tags: { 'my-Tag_1': 'x' },
        egress: {
          room: {
            preset: 'H264_720P_30',
            audioMixing: 'DUAL_CHANNEL_AGENT',
            fileOutputs: [{ fileType: 'MP4', filepath: 'a.mp4' }],
          },
        },
      },
    }),
  },
  {
    name: 'a credential that is allowed',
    options: { identity: 'alice', allowSensitiveCredentials: true },
    given: { roomConfig: { egress: { tracks: { s3: { accessKey: 'k', secret: 's' } } } } },
    claims: alice({ roomConfig: { egress: { tracks: { s3: { accessKey: 'k', secret: 's' } } } } }),
  },
  {
    name: 'everything as long as it may be',
    options: {
      identity: times(128, '\u00e9'),
      metadata: times(262_144, '\u00e9'),
      attributes: { key: times(32_766, '\u00e9'), x: '' },
    },
    given: { video: { roomJoin: true, room: times(64, '\u{1f980}'), destinationRoom: times(256, 'x') } },
    claims: claims({
      sub: times(128, '\u00e9'),
      metadata: times(262_144, '\u00e9'),
      attributes: { key: times(32_766, '\u00e9'), x: '' },
      video: { roomJoin: true, room: times(64, '\u{1f980}'), destinationRoom: times(256, 'x') },
    }),
  },
  {
    name: 'metadata that JSON makes six times as long',
    options: { metadata: times(524_288, '\u0001') },
    claims: claims({ metadata: times(524_288, '\u0001') }),
  },
  {
    name: 'thousands of attributes',
    options: { attributes: value('attributes') },
    claims: claims({ attributes: value('attributes') }),
  },
  { name: 'a secret of one byte', apiSecret: 'x', claims: claims() },
  { name: 'a secret of a block', apiSecret: times(64, 'x'), claims: claims() },
  { name: 'a secret longer than a block', apiSecret: times(65, 'x'), claims: claims() },
  { name: 'a secret beyond ASCII', apiSecret: 'Schl\u00fcssel \u{1f511}', claims: claims() },
  { name: 'a secret that looks like base64 is not decoded', apiSecret: 'c2VjcmV0c2VjcmV0c2VjcmV0', claims: claims() },
  { name: 'white space around a secret belongs to it', apiSecret: ' secret\n', claims: claims() },
  { name: 'the first second of 1970', now: 0, claims: { iss: KEY, nbf: 0, exp: SIX_HOURS } },
  { name: 'a time beyond 32 bits', now: 2 ** 33, claims: { iss: KEY, nbf: 2 ** 33, exp: 2 ** 33 + SIX_HOURS } },
  ...ttlCases.map(([ttl, seconds]) => ({
    name: `ttl ${JSON.stringify(ttl)}`,
    options: { ttl },
    claims: claims({ ttl: seconds }),
  })),
  ...Object.entries(UNICODE).map(([name, text]) => ({
    name,
    options: { identity: text, name: text, metadata: text, attributes: { [text]: text } },
    given: { video: { roomJoin: true, room: text } },
    claims: claims({
      sub: text,
      name: text,
      metadata: text,
      attributes: { [text]: text },
      video: { roomJoin: true, room: text },
    }),
  })),
];

const invalid = (message, code = 'invalid_claim') => ({ code, status: 400, ...(message ? { message } : {}) });
const NO_TEXT = [
  42,
  true,
  {},
  [],
  ['alice'],
  '\ud800',
  'a\udc00b',
  value('NaN'),
  value('Map'),
  value('bigint'),
  value('Symbol'),
  value('function'),
  value('Date'),
];
const NO_TTL = [
  0,
  -1,
  0.5,
  1e300,
  '',
  '10',
  '10ms',
  '1h30m',
  '1 month',
  '0s',
  '5m ago',
  '+1h from now',
  '-5m',
  'Infinity',
  '600',
  true,
  null,
  {},
  [],
  value('NaN'),
  value('Infinity'),
  value('Date'),
  value('bigint'),
];
const shown = (given) => JSON.stringify(given).replaceAll('"', '');

/** Errors of an application, and the claim that the message must name. */
const wrong = [
  ['join without a room', { video: { roomJoin: true } }, 'video.room is required'],
  ['join with an empty room', { video: { roomJoin: true, room: '' } }, 'video.room is required'],
  ['administer without a room', { video: { roomAdmin: true } }, 'video.room is required'],
  ['a flag as text', { video: { ...JOIN, roomJoin: 'true' } }, 'video.roomJoin must be a boolean'],
  ['a flag as number', { video: { ...JOIN, canPublish: 1 } }, 'video.canPublish must be a boolean'],
  ['a room that is a number', { video: { roomJoin: true, room: 7 } }, 'video.room must be a well-formed string'],
  [
    'a misspelt grant',
    { video: { ...JOIN, canpublish: false } },
    'video.canpublish is a field that LiveKit does not know; did you mean canPublish?',
  ],
  ['an unknown grant', { sip: { hangUp: true } }, 'sip has a field that LiveKit does not know'],
  [
    'a member called __proto__',
    { video: JSON.parse('{"roomJoin":true,"room":"lobby","__proto__":{"roomAdmin":true}}') },
    'video has a field that LiveKit does not know',
  ],
  [
    'no sources, which LiveKit takes for all',
    { video: { ...JOIN, canPublishSources: [] } },
    'video.canPublishSources must not be empty',
  ],
  ...[['CAMERA'], ['sofa'], [0], [5], [1.5]].map((canPublishSources) => [
    `sources ${shown(canPublishSources)}`,
    { video: { ...JOIN, canPublishSources } },
    'video.canPublishSources is not a name that LiveKit knows',
  ]),
  ...['camera', [null], [[]], [value('NaN')]].map((canPublishSources) => [
    `sources ${shown(canPublishSources)}`,
    { video: { ...JOIN, canPublishSources } },
    'video.canPublishSources must be a list of track sources',
  ]),
  ['an unknown kind', { kind: 'robot' }, 'kind is not a name that LiveKit knows'],
  ['a kind by number', { kind: 4 }, 'kind must be a well-formed string'],
  ['an unknown detail', { kindDetails: ['robot'] }, 'kindDetails is not a name that LiveKit knows'],
  ['attributes with a number', { attributes: { a: 1 } }, 'attributes must be an object of strings'],
  ['attributes with null', { attributes: { a: null } }, 'attributes must be an object of strings'],
  ['attributes with half a surrogate pair', { attributes: { a: '\ud800' } }, 'attributes must be an object of strings'],
  ['attributes whose key has half a surrogate pair', { attributes: { 'a\ud800': 'b' } }, undefined],
  ['attributes that are a list', { attributes: ['a'] }, 'attributes must be an object of strings'],
  ['attributes that are a Map', { attributes: value('Map') }, 'attributes must be an object of strings'],
  ['a room configuration that is a text', { roomConfig: '{}' }, 'roomConfig must be an object'],
  ['a room configuration that contains itself', { roomConfig: value('cycle') }, undefined],
  ['an unknown field of the room configuration', { roomConfig: { agents: [{ agentname: 'x' }] } }, undefined],
  [
    'a field in both spellings',
    { roomConfig: { emptyTimeout: 1, empty_timeout: 2 } },
    'roomConfig.emptyTimeout is set twice, or together with a field that excludes it',
  ],
  ['two of a oneof', { roomConfig: { egress: { tracks: { s3: {}, gcp: {} } } } }, undefined],
  [
    'a negative uint32',
    { roomConfig: { emptyTimeout: -1 } },
    'roomConfig.emptyTimeout must be an integer from 0 to 4294967295',
  ],
  [
    'too large a uint32',
    { roomConfig: { emptyTimeout: 4_294_967_296 } },
    'roomConfig.emptyTimeout must be an integer from 0 to 4294967295',
  ],
  [
    'a credential of a file output',
    { roomConfig: { egress: { room: { fileOutputs: [{ s3: { secret: 's' } }] } } } },
    'roomConfig.egress.room.fileOutputs.s3.secret contains a credential, which must not be in a token',
  ],
  [
    'a credential of an image output',
    { roomConfig: { egress: { room: { imageOutputs: [{ gcp: { credentials: '{}' } }] } } } },
    'roomConfig.egress.room.imageOutputs.gcp.credentials contains a credential, which must not be in a token',
  ],
  [
    'the address of a stream',
    { roomConfig: { egress: { room: { streamOutputs: [{ urls: ['rtmp://example.com/key'] }] } } } },
    'roomConfig.egress.room.streamOutputs contains a credential, which must not be in a token',
  ],
  ['an identity of 257 bytes', { identity: times(257, 'x') }, 'identity must not be longer than 256 bytes'],
  [
    'an identity of 129 characters in 258 bytes',
    { identity: times(129, '\u00e9') },
    'identity must not be longer than 256 bytes',
  ],
  [
    'a room of 257 bytes',
    { video: { roomJoin: true, room: times(257, 'x') } },
    'video.room must not be longer than 256 bytes',
  ],
  [
    'metadata of 512 KiB and a byte',
    { metadata: times(524_289, 'x') },
    'metadata must not be longer than 524288 bytes',
  ],
  ['metadata beyond what a call takes', { metadata: times(9_000_000, 'x') }, undefined],
  [
    'attributes of 64 KiB and a byte',
    { attributes: { a: times(65_536, 'x') } },
    'attributes must not be longer than 65536 bytes',
  ],
];

const TEXTS = ['identity', 'name', 'metadata', 'sha256', 'roomPreset'];

export const notMinted = [
  { name: 'join without an identity', given: { video: JOIN }, refusal: invalid('identity is required') },
  {
    name: 'join with an empty identity',
    options: { identity: '' },
    given: { video: JOIN },
    refusal: invalid('identity is required'),
  },
  ...wrong.map(([name, given, message]) => ({
    name,
    options: { identity: 'alice' },
    given,
    refusal: invalid(message),
  })),
  ...TEXTS.flatMap((claim) =>
    NO_TEXT.map((given) => ({
      name: `${claim} ${shown(given)}`,
      given: { [claim]: given },
      refusal: invalid(`${claim} must be a well-formed string`),
    })),
  ),
  ...NO_TTL.map((ttl) => ({ name: `ttl ${shown(ttl)}`, options: { ttl }, refusal: invalid(undefined, 'invalid_ttl') })),
  { name: 'ttl 0 as a property', given: { ttl: 0 }, refusal: invalid(undefined, 'invalid_ttl') },
];

const GOOD = 'text';
const NO_CREDENTIAL = ['', ' ', '\t\n', 12345, true, {}, [], '\ud800', value('undefined'), null];

export const credentials = NO_CREDENTIAL.flatMap((bad) => [
  { name: `key ${shown(bad)}`, apiKey: bad, apiSecret: GOOD },
  { name: `secret ${shown(bad)}`, apiKey: GOOD, apiSecret: bad },
]);

export const trackSources = [
  ...['camera', 'microphone', 'screen_share', 'screen_share_audio'].map((name, index) => ({ name, number: index + 1 })),
  ...[0, 5, -1, 'camera', null].map((number) => ({ name: `${number} is no source`, number, refusal: invalid() })),
];
