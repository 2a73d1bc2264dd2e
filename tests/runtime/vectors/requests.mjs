/** generateToken: requests → claims and response, or the messages of the errors; and configurations. */
import { KEY, NOW, SECRET } from './jws.mjs';

const URL = 'wss://livekit.example.com';
export const config = { apiKey: KEY, apiSecret: SECRET, url: URL };
const value = ($value) => ({ $value });
const times = ($times, of) => ({ $times, of });

const HOUR = 3600;
const BASE = { roomId: 'channel-abc123', identity: 'user-456' };

function grantedCase(name, request, { ttl = HOUR, displayName, video = {}, url = URL, ...more } = {}) {
  const { roomId: room, identity } = request;
  return {
    name,
    request,
    ...more,
    claims: {
      iss: KEY,
      sub: identity,
      nbf: NOW,
      exp: NOW + ttl,
      name: displayName ?? identity,
      video: { roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true, ...video },
    },
    response: { roomId: room, identity, ...(url ? { url } : {}) },
  };
}

const of = (name, more, expected) => grantedCase(name, { ...BASE, ...more }, expected);
const named = (name, text) => grantedCase(name, { roomId: text, identity: text, name: text }, { displayName: text });

export const granted = [
  of('the example of the specification', {}),
  of('a name', { name: 'Alice' }, { displayName: 'Alice' }),
  of('a name that is empty', { name: '' }),
  of('a name that is blank', { name: ' \u00a0' }),
  of('a name that is null', { name: null }),
  of('a name that is undefined', { name: value('undefined') }),
  of(
    'a name with an emoji of many',
    { name: '\u{1f469}\u{1f3fd}\u200d\u{1f680}' },
    { displayName: '\u{1f469}\u{1f3fd}\u200d\u{1f680}' },
  ),
  of('other fields', { video: { roomAdmin: true }, kind: 'agent', ttL: 5 }),
  of('ttl 60', { ttl: 60 }, { ttl: 60 }),
  of('ttl 1', { ttl: 1 }, { ttl: 1 }),
  of('ttl with a fraction', { ttl: 1.999 }, { ttl: 1 }),
  of('the longest ttl', { ttl: 86_400.9 }, { ttl: 86_400 }),
  of('ttl null', { ttl: null }),
  of('ttl undefined', { ttl: value('undefined') }),
  of('a configured ttl', {}, { with: { tokenTtl: 7200 }, ttl: 7200 }),
  of('a configured ttl as text', {}, { with: { tokenTtl: '7200' }, ttl: 7200 }),
  of('a configured ttl above the maximum', {}, { with: { tokenTtl: 7200, maxTtl: 60 }, ttl: 60 }),
  of('a configured ttl that is invalid', {}, { with: { tokenTtl: -5 } }),
  of('a configured maximum', { ttl: 90_000 }, { with: { maxTtl: 90_000 }, ttl: 90_000 }),
  of(
    'participants may change themselves',
    {},
    { with: { canUpdateOwnMetadata: true }, video: { canUpdateOwnMetadata: true } },
  ),
  of(
    'participants may change themselves, as text',
    {},
    { with: { canUpdateOwnMetadata: '1' }, video: { canUpdateOwnMetadata: true } },
  ),
  of('participants may not change themselves', {}, { with: { canUpdateOwnMetadata: 'false' } }),
  of('a jti', {}, { with: { jti: true }, jti: true }),
  of('no url', {}, { with: { url: value('undefined') }, url: null }),
  of('a blank url', {}, { with: { url: ' ' }, url: null }),
  { ...of('a room called like a member of every object', { roomId: 'constructor', identity: '__proto__' }) },
  named('accents, composed', 'Zo\u00eb'),
  named('accents, combining', 'Zoe\u0308'),
  named('beyond the basic plane', '\u{1f980}'),
  named('white space within', 'a  \u00a0b'),
  named('what JSON and HTML escape', '"\\/<b>&'),
  named('256 bytes of ASCII', times(256, 'x')),
  named('256 bytes of two-byte characters', times(128, '\u00e9')),
  named('256 bytes of four-byte characters', times(64, '\u{1f3a4}')),
];

const SMALL = 'ttl must not be less than 1';
const NO_NUMBER = 'ttl must be a number conforming to the specified constraints';
const LARGE = 'ttl must not be greater than 86400';
const wrong = (name, more, violations, extra) => ({
  name,
  request: { ...BASE, ...more },
  ...extra,
  refusal: { code: 'invalid_request', status: 400, violations, message: violations.join(', ') },
});
const shown = (given) => JSON.stringify(given).replaceAll('"', '').slice(0, 24);
const ofField = (field, given, text) => wrong(`${field} ${shown(given)}`, { [field]: given }, [`${field} ${text}`]);

const TEXTS = [
  [[1, true, {}, [], ['a'], value('NaN'), value('bigint'), value('Symbol'), value('Date')], 'must be a string'],
  [
    [times(257, 'x'), times(129, '\u00e9'), times(65, '\u{1f3a4}'), times(5000, 'x')],
    'must not be longer than 256 bytes',
  ],
  [
    ['a\u0000', '\u001b[31m', 'a\nb', 'a\u007f', 'a\u0085b', '\u2028x', 'a\u202eb'],
    'must not contain control characters',
  ],
  [['\ud800', 'a\udc00b', '\udc00\ud800'], 'must be well-formed Unicode'],
];

const absent = (field) => [`${field} should not be empty`, `${field} must be a string`];
const notConfigured = {
  code: 'not_configured',
  status: 500,
  message: 'LiveKit credentials not configured',
  violations: [],
};

export const refused = [
  ...['identity', 'roomId', 'name'].flatMap((field) =>
    TEXTS.flatMap(([values, text]) => values.map((given) => ofField(field, given, text))),
  ),
  ...['identity', 'roomId'].flatMap((field) => [
    ...['', ' ', '\u00a0\u3000\t'].map((given) => ofField(field, given, 'should not be empty')),
    ...['a\u200bb', '\ufeffa', 'a\u00ad', '\u{e0041}a', 'a\ufe0f', '\u2800a', ' a', 'a\u2003'].map((given) =>
      ofField(field, given, 'must not contain control characters'),
    ),
    ...[null, value('undefined')].map((given) => wrong(`${field} ${shown(given)}`, { [field]: given }, absent(field))),
  ]),
  ...[0, -1, 0.999, -1e300].map((ttl) => wrong(`ttl ${ttl}`, { ttl }, [SMALL])),
  ...[86_401, 4_294_967_297, 1e300].map((ttl) => wrong(`ttl ${ttl}`, { ttl }, [LARGE])),
  ...['60', '', true, {}, [60], value('NaN'), value('bigint'), value('Date')].map((ttl) =>
    wrong(`ttl ${shown(ttl)}`, { ttl }, [SMALL, NO_NUMBER]),
  ),
  wrong('ttl Infinity', { ttl: value('Infinity') }, [NO_NUMBER]),
  wrong('ttl above a configured maximum', { ttl: 61 }, ['ttl must not be greater than 60'], { with: { maxTtl: 60 } }),
  wrong('everything at once', { identity: '', roomId: null, name: [], ttl: '60' }, [
    'identity should not be empty',
    ...absent('roomId'),
    'name must be a string',
    SMALL,
    NO_NUMBER,
  ]),
  ...[{}, null, value('undefined'), 'text', 42, []].map((request) => ({
    ...wrong(`no request: ${shown(request)}`, {}, [...absent('identity'), ...absent('roomId')]),
    request,
  })),
  { name: 'no key', request: BASE, with: { apiKey: value('undefined') }, refusal: notConfigured },
  { name: 'a blank key', request: BASE, with: { apiKey: ' ' }, refusal: notConfigured },
  { name: 'a key that is a number', request: BASE, with: { apiKey: 42 }, refusal: notConfigured },
  { name: 'no secret, and a request that is wrong too', request: {}, with: { apiSecret: '' }, refusal: notConfigured },
  ...[null, value('undefined'), 'text', 42].map((given) => ({
    name: `no configuration: ${shown(given)}`,
    request: BASE,
    config: given,
    refusal: notConfigured,
  })),
];

const ALL = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL'];
const configured = (name, given, missing, info = {}) => ({ name, config: given, missing, info });

export const configurations = [
  configured('complete', config, [], { url: URL }),
  configured('nothing', {}, ALL),
  configured('undefined', value('undefined'), ALL),
  configured('null', null, ALL),
  configured('a number', 42, ALL),
  configured('blank settings', { apiKey: ' ', apiSecret: '\t', url: '' }, ALL),
  configured('settings of a wrong type', { apiKey: 1, apiSecret: {}, url: true }, ALL),
  configured('only the url', { url: URL }, ALL.slice(0, 2), { url: URL }),
  configured('no url', { apiKey: KEY, apiSecret: SECRET }, ['LIVEKIT_URL']),
];
