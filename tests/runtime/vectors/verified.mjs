/** TokenVerifier: tokens made by hand, valid and invalid. */
import { encode, KEY, NOW, SECRET, sign, tag } from './jws.mjs';

const VIDEO = { roomJoin: true, room: 'lobby' };
const GOOD = { iss: KEY, sub: 'alice', nbf: NOW, exp: NOW + 600, video: VIDEO };
const good = (more) => ({ ...GOOD, ...more });
const without = (name) => Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));
/** The valid claims as JSON, with a text before the first field. */
const first = (text) => `{${text},${JSON.stringify(GOOD).slice(1)}`;

/** A valid token with these claims. */
const of = (name, claims, more) => ({ name, token: sign(claims), claims, ...more });
/** A valid token with exactly this text as payload. */
const ofText = (name, text, more) => ({ name, token: sign(text), claims: JSON.parse(text), ...more });

const GO = {
  iss: KEY,
  sub: 'alice',
  exp: NOW + 600,
  nbf: NOW,
  iat: NOW,
  identity: 'alice',
  name: 'Alice',
  kind: 'agent',
  video: VIDEO,
  sip: {},
  metadata: '\u003c&',
};

export const accepted = [
  of('claims as LiveKit writes them', GOOD),
  of('claims as LiveKit writes them in Go', GO),
  { ...of('a header without typ', GOOD), token: sign(GOOD, { header: { alg: 'HS256' } }) },
  {
    ...of('a header in another order, with white space and a key id', GOOD),
    token: sign(GOOD, { header: ' {"kid":"1", "typ":"JWT",\n"alg":"HS256"}' }),
  },
  of(
    'claims and members that only a newer LiveKit knows',
    good({ newClaim: { deep: [1] }, video: { ...VIDEO, canFly: true } }),
  ),
  of('a kind that only a newer LiveKit knows', good({ kind: 'hologram', kindDetails: ['hologram', 'cloud_agent'] })),
  of('a kind in capitals, as LiveKit reads it', good({ kind: 'AGENT' })),
  of('an audience', good({ aud: 'someone' })),
  of('several audiences', good({ aud: ['someone', 'else'] })),
  of('no identity', without('sub')),
  of('no nbf', without('nbf')),
  of('null, which LiveKit takes for unset', good({ name: null, nbf: null, kind: null })),
  of('no sources', good({ video: { ...VIDEO, canPublishSources: [] } })),
  of(
    'text beyond ASCII',
    good({ sub: 'Zoe\u0308 \u{1f980}', name: '\u0645\u0631\u062d\u0628\u0627', attributes: { '\u2028': '\u0000' } }),
  ),
  ofText('escaped text', first('"name":"\\u005a\\ud83e\\udd80\\/"')),
  ofText('white space between claims', `\n\t{ "exp" : ${NOW + 600} ,\r\n "iss":"${KEY}" }  `),
  of('times far ahead', good({ exp: 253_402_300_799 })),
  of('expired less than the tolerance ago', good({ exp: NOW - 9 })),
  of('valid within the tolerance', good({ nbf: NOW + 10 })),
  of('expired less than a set tolerance ago', good({ exp: NOW - 59 }), { tolerance: 60 }),
  of('expired less than a tolerance in words ago', good({ exp: NOW - 59 }), { tolerance: '1m' }),
  of('its last second', good({ exp: NOW + 1 }), { tolerance: 0 }),
  of('its first second', good({ nbf: NOW }), { tolerance: 0 }),
  of('exp with a fraction', good({ exp: NOW + 600.5 })),
  ofText('exp in scientific notation', `{"iss":"${KEY}","exp":1.8e9}`),
  of('its last second and a fraction', good({ exp: NOW + 1.9 }), { tolerance: 0 }),
  of('its first second and a fraction', good({ nbf: NOW + 0.9 }), { tolerance: 0 }),
  of('issued in the future', good({ iat: NOW + 3600 })),
  of('issued within the tolerance', good({ iat: NOW + 10 }), { options: { refuseFutureIat: true } }),
  {
    ...of('a secret beyond ASCII', GOOD),
    apiSecret: 'Schl\u00fcssel \u{1f511}',
    token: sign(GOOD, { secret: 'Schl\u00fcssel \u{1f511}' }),
  },
  {
    ...of('a secret longer than a block', GOOD),
    apiSecret: 'x'.repeat(65),
    token: sign(GOOD, { secret: 'x'.repeat(65) }),
  },
];

const refusal = (reason) => ({ code: 'invalid_token', status: 401, ...(reason ? { reason } : {}) });
const bad = (reason, cases) => cases.map(([name, token, more]) => ({ name, token, ...more, refusal: refusal(reason) }));

const TOKEN = sign(GOOD);
const [HEADER, PAYLOAD, TAG] = TOKEN.split('.');
/** The last character of a 32-byte tag has two unused bits; here they are set. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const otherTail = (text) => text.slice(0, -1) + ALPHABET[ALPHABET.indexOf(text.at(-1)) + 1];

const malformed = [
  ['empty', ''],
  ['one part', HEADER],
  ['two parts', `${HEADER}.${PAYLOAD}`],
  ['four parts', `${TOKEN}.${TAG}`],
  ['a trailing dot', `${TOKEN}.`],
  ['a leading dot', `.${TOKEN}`],
  ['a trailing space', `${TOKEN} `],
  ['a trailing line feed', `${TOKEN}\n`],
  ['a leading space', ` ${TOKEN}`],
  ['a scheme', `Bearer ${TOKEN}`],
  ['padding', `${TOKEN}=`],
  ['a tag with meaningless bits set', `${HEADER}.${PAYLOAD}.${otherTail(TAG)}`],
  ['a signed payload with meaningless bits set', tag(`${HEADER}.${otherTail(encode('{}'))}`)],
  ['a signed payload with padding', tag(`${HEADER}.${encode('{}')}==`)],
  ['a signed payload in the other alphabet', tag(`${HEADER}.${encode('"\u00fb\u00ff\u00fe"')}+/`)],
  ['a signed payload with a line feed', tag(`${HEADER}.${PAYLOAD}\n`)],
  ['letters beyond ASCII', `${HEADER}.${PAYLOAD}.${TAG.slice(0, -1)}\u212a`],
  ['half a surrogate pair', `${TOKEN}\ud800`],
  ...[42, true, {}, [], [TOKEN], null, { $value: 'undefined' }].map((token) => [
    `no text: ${JSON.stringify(token).slice(0, 24)}`,
    token,
  ]),
];

const signature = [
  ['another secret', sign(GOOD, { secret: `${SECRET} ` })],
  ['an empty secret', sign(GOOD, { secret: '' })],
  ['another payload', `${HEADER}.${encode(good({ sub: 'mallory' }))}.${TAG}`],
  ['another header', `${encode({ typ: 'JWT', alg: 'HS256' })}.${PAYLOAD}.${TAG}`],
  ['no tag', `${HEADER}.${PAYLOAD}.`],
  ['half a tag', `${HEADER}.${PAYLOAD}.${encode(Buffer.from(TAG, 'base64url').subarray(0, 16))}`],
  ['a longer tag', `${HEADER}.${PAYLOAD}.${encode(Buffer.concat([Buffer.from(TAG, 'base64url'), Buffer.alloc(1)]))}`],
  ['a tag of zeros', `${HEADER}.${PAYLOAD}.${encode(Buffer.alloc(32))}`],
];

const algorithms = [
  ['alg none, unsigned', `${encode({ alg: 'none' })}.${PAYLOAD}.`],
  ...['384', '512'].map((bits) => [`HS${bits}`, sign(GOOD, { header: { alg: `HS${bits}` }, hash: `sha${bits}` })]),
  ...['none', 'HS512', 'RS256', 'hs256'].map((alg) => [`header: alg ${alg}`, sign(GOOD, { header: { alg } })]),
  ['alg RS256, of another secret', sign(GOOD, { header: { alg: 'RS256' }, secret: `${SECRET} ` })],
];

const headers = [
  ['alg in a list', { alg: ['HS256'] }],
  ['ALG', { ALG: 'HS256' }],
  ['no alg', { typ: 'JWT' }],
  ['alg twice', '{"alg":"none","alg":"HS256"}'],
  ['alg twice, once escaped', '{"alg":"HS256","\\u0061lg":"none"}'],
  ['crit', { alg: 'HS256', crit: ['exp'], exp: 1 }],
  ['b64', { alg: 'HS256', b64: false }],
  ['a list', '["HS256"]'],
  ['no JSON', 'HS256'],
  ['empty', ''],
  ['trailing junk', '{"alg":"HS256"}{}'],
].map(([name, header]) => [`header: ${name}`, sign(GOOD, { header })]);

const claims = [
  ['no exp', without('exp')],
  ['exp null', good({ exp: null })],
  ['no iss', without('iss')],
  ['iss null', good({ iss: null })],
  ['sub twice', first('"sub":"mallory"')],
  ['sub twice, once escaped', first('"s\\u0075b":"mallory"')],
  ['twice in video', `{"iss":"${KEY}","exp":${NOW + 600},"video":{"room":"a","room":"b"}}`],
  ['an unknown claim twice', first('"x":1,"x":2')],
  ['a list', '[]'],
  ['a text', '"alice"'],
  ['null', 'null'],
  ['nothing', ''],
  ['trailing junk', `${JSON.stringify(GOOD)}x`],
  ['two objects', `${JSON.stringify(GOOD)}{}`],
  ['a trailing comma', `${JSON.stringify(GOOD).slice(0, -1)},}`],
  ['a byte order mark', `\ufeff${JSON.stringify(GOOD)}`],
  ['half a surrogate pair', first('"name":"\\ud800"')],
  ['not UTF-8', Buffer.from(JSON.stringify(good({ name: '\u00ff' })), 'latin1')],
  ['nested deeply', first(`"x":${'['.repeat(5000)}${']'.repeat(5000)}`)],
].map(([name, payload]) => [`claims: ${name}`, sign(payload)]);

/** Refused by the claim's name. Go's parser, which is the server's, would read the first ten as the similar claims. */
const types = [
  ...['Sub', 'SUB', 'VIDEO', 'Kind', 'EXP', 'roomconfig'].map((name) => [`the claim ${name}`, first(`"${name}":null`)]),
  ['the member ROOMADMIN', good({ video: { ...VIDEO, ROOMADMIN: true } })],
  ['the member Admin', good({ sip: { Admin: true } })],
  ['sub with a long s (U+017F)', first('"\u017fub":"mallory"')],
  ['kind with a Kelvin sign (U+212A)', first('"\u212aind":"agent"')],
  ['exp a text', good({ exp: `${NOW + 600}` })],
  ['exp negative', good({ exp: -1 })],
  ['exp beyond 53 bits', `{"iss":"${KEY}","exp":9007199254740992}`],
  ['exp a flag', good({ exp: true })],
  ['nbf a text', good({ nbf: `${NOW}` })],
  ['iat a text', good({ iat: 'now' })],
  ['iss a number', good({ iss: 1 })],
  ['sub a number', good({ sub: 42 })],
  ['name a list', good({ name: [] })],
  ['metadata an object', good({ metadata: {} })],
  ['attributes with a number', good({ attributes: { a: 1 } })],
  ['attributes a list', good({ attributes: [] })],
  ['video a list', good({ video: [] })],
  ['a flag as text', good({ video: { ...VIDEO, roomJoin: 'true' } })],
  ['sources by number', good({ video: { ...VIDEO, canPublishSources: [1] } })],
  ['room a number', good({ video: { roomJoin: true, room: 1 } })],
  ['kind a number', good({ kind: 4 })],
  ['roomConfig a text', good({ roomConfig: '{}' })],
].map(([name, payload]) => [`types: ${name}`, sign(payload)]);

const tolerances = [null, '', 'soon', '1', -1, true, {}, [], { $value: 'NaN' }, { $value: 'Infinity' }, 86_401, '25h'];

export const refused = [
  ...bad('malformed', malformed),
  ...bad('signature', signature),
  ...bad('algorithm', algorithms),
  ...bad('header', headers),
  ...bad('claims', claims),
  ...bad(undefined, types),
  ...bad('issuer', [
    ['another issuer', sign(good({ iss: `${KEY}x` }))],
    ['the issuer in another case', sign(good({ iss: KEY.toLowerCase() }))],
    ['an empty issuer', sign(good({ iss: '' }))],
  ]),
  ...bad('expired', [
    ['expired as long ago as the tolerance', sign(good({ exp: NOW - 10 }))],
    ['expired this second', sign(good({ exp: NOW })), { tolerance: 0 }],
    ['expired this second, of which a fraction is left', sign(good({ exp: NOW + 0.9 })), { tolerance: 0 }],
    ['expired in 1970', sign(good({ exp: 0 }))],
  ]),
  ...bad('not_yet_valid', [
    ['valid a second after the tolerance', sign(good({ nbf: NOW + 11 }))],
    ['valid in a second', sign(good({ nbf: NOW + 1 })), { tolerance: 0 }],
    ['issued a second after the tolerance', sign(good({ iat: NOW + 11 })), { options: { refuseFutureIat: true } }],
  ]),
  ...tolerances.map((tolerance) => ({
    name: `tolerance ${JSON.stringify(tolerance)}`,
    token: TOKEN,
    tolerance,
    refusal: { code: 'invalid_clock_tolerance', status: 400 },
  })),
];
