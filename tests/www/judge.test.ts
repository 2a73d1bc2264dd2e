// What the playground says of a token: everything that a LiveKit server would refuse, and what deserves a second look.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, explainClaims, inspect, refusals, warnings } from '#inspect';
import { toVerdict } from '../../www/src/inspect/verdict.ts';
import { whyNot } from '../../www/src/room/grants.ts';
import { encode, HS256, jws } from '../support/user-token.ts';

const NOW = 1_800_000_000;
const SECRET = 'a secret of more than thirty-two bytes';
const video = { roomJoin: true, room: 'r' };
const good = { iss: 'devkey', sub: 'alice', nbf: NOW, exp: NOW + 600, video };
const token = (claims: unknown, header: unknown = HS256) => decode(jws(header, claims, SECRET));

// The module's clock is the real one, so that its `now` has to be mocked.
const at = async <T>(work: () => Promise<T>): Promise<T> => {
  const real = Date.now;
  Date.now = () => NOW * 1000;
  try {
    return await work();
  } finally {
    Date.now = real;
  }
};
const refusalsOf = (claims: unknown, header?: unknown) => at(() => refusals(token(claims, header)));

const cases: [name: string, claims: unknown, expected: string[], header?: unknown][] = [
  ['a good one', good, []],
  ['expired', { ...good, exp: NOW - 61 }, ['It has expired: exp is in the past.']],
  ['within the tolerance of a server', { ...good, exp: NOW - 59, nbf: NOW + 59 }, []],
  ['not yet valid', { ...good, nbf: NOW + 61 }, ['It is not valid yet: nbf is in the future.']],
  ['no exp', { ...good, exp: undefined }, ['exp is missing: a token without an expiry is rejected.']],
  ['no iss', { ...good, iss: undefined }, ['iss is missing: it names the API key, and so the secret.']],
  ['an empty iss', { ...good, iss: '' }, ['iss must name an API key.']],
  ['a number for a name', { ...good, name: 5 }, ['name must be a well-formed string.']],
  ['a text for a boolean', { ...good, video: { ...video, roomJoin: 'true' } }, ['video.roomJoin must be a boolean.']],
  ['a fraction, which RFC 7519 allows', { ...good, exp: NOW + 0.5 }, []],
  [
    'an unknown source',
    { ...good, video: { ...video, canPublishSources: ['CAMERA'] } },
    ['video.canPublishSources is not a name that LiveKit knows.'],
  ],
  ['a join without a room', { ...good, video: { roomJoin: true } }, ['video.room is required.']],
  ['a join without an identity', { ...good, sub: undefined }, ['identity is required.']],
  ['an identity that is too long', { ...good, sub: 'é'.repeat(129) }, ['identity must not be longer than 256 bytes.']],
  [
    'a room that is too long',
    { ...good, video: { ...video, room: 'x'.repeat(257) } },
    ['video.room must not be longer than 256 bytes.'],
  ],
  ['a room that is no text', { ...good, video: { ...video, room: 5 } }, ['video.room must be a well-formed string.']],
  ['much metadata', { ...good, metadata: 'x'.repeat(524_289) }, ['metadata must not be longer than 524288 bytes.']],
  [
    'many attributes',
    { ...good, attributes: { a: 'x'.repeat(65_536) } },
    ['attributes must not be longer than 65536 bytes.'],
  ],
  ['alg none', good, ['The header must be plain HS256; alg is "none".'], { alg: 'none' }],
  ['no alg', good, ['The header must be plain HS256; alg is missing.'], { typ: 'JWT' }],
  [
    'another case',
    { ...good, Sub: 'mallory' },
    ['Sub differs from a known name only in case, and a LiveKit server reads it as that one.'],
  ],
  [
    'another case within a grant',
    { ...good, video: { ...video, ROOMADMIN: true } },
    ['video.ROOMADMIN differs from a known name only in case, and a LiveKit server reads it as that one.'],
  ],
  ['a grant that LiveKit ignores', { ...good, video: { ...video, fly: true } }, []],
  [
    'everything at once',
    { sub: 5, exp: NOW - 100, nbf: NOW + 100, KIND: 'agent', video: { roomJoin: 1, canPublish: 'no' }, attributes: [] },
    [
      'The header must be plain HS256; alg is "HS512".',
      'sub must be a well-formed string.',
      'video.roomJoin must be a boolean.',
      'video.canPublish must be a boolean.',
      'attributes must be an object of strings.',
      'KIND differs from a known name only in case, and a LiveKit server reads it as that one.',
      'iss is missing: it names the API key, and so the secret.',
      'It has expired: exp is in the past.',
      'It is not valid yet: nbf is in the future.',
    ],
    { alg: 'HS512' },
  ],
];
for (const [name, claims, expected, header] of cases) {
  test(`refused: ${name}`, async () => {
    assert.deepEqual((await refusalsOf(claims, header)).toSorted(), expected.toSorted());
  });
}

test('refused: a key given twice, which JSON itself would hide', async () => {
  const twice = decode(`${encode(HS256)}.${encode(`{"sub":"a","sub":"b","iss":"k","exp":${NOW + 60}}`)}.x`);
  assert.match((await at(() => refusals(twice))).join(), /a field is repeated/);
});

test('whatever JSON the claims are, an answer comes', async () => {
  const values = [null, true, 5, -1, 1e300, '', 'x', [], [null], {}, { a: {} }];
  for (const value of values) {
    for (const name of ['iss', 'sub', 'exp', 'nbf', 'video', 'attributes', 'metadata', 'roomConfig', 'aud', 'kind']) {
      await refusalsOf({ ...good, [name]: value });
      await refusalsOf({ ...good, video: { ...video, [name]: value, room: value, canPublishSources: value } });
    }
  }
});

const suspicious: [name: string, claims: Record<string, unknown>, expected: RegExp][] = [
  ['no sources', { ...good, video: { ...video, canPublishSources: [] } }, /means all sources/],
  ['roomCreate', { ...good, video: { ...video, roomCreate: true } }, /roomCreate creates and deletes any room/],
  ['roomAdmin', { ...good, video: { ...video, roomAdmin: true } }, /roomAdmin mutes/],
  ['a kind', { ...good, kind: 'agent' }, /kind is accepted as it is/],
  ['telephony', { ...good, sip: { call: true } }, /sip\.call makes calls/],
  ['a long lifetime', { ...good, exp: NOW + 200_000 }, /lifetime is more than a day/],
  ['no nbf', { ...good, nbf: undefined }, /nbf is missing/],
  ['no grants', { ...good, video: undefined }, /grants nothing/],
  ['no join', { ...good, video: { room: 'r' } }, /roomJoin is not granted/],
];
for (const [name, claims, expected] of suspicious) {
  test(`a second look: ${name}`, () => assert.match(warnings(claims, NOW).join('\n'), expected));
}

test('a good token deserves none', () => assert.deepEqual(warnings(good, NOW), []));

test('the verdict tells a wrong secret from a token that is refused', async () => {
  const verdict = async (claims: unknown, secret: string, header?: unknown) => {
    const decoded = token(claims, header);
    return toVerdict(await at(() => inspect(decoded, secret, NOW)), decoded.claims);
  };
  const kinds = [await verdict(good, SECRET), await verdict(good, 'no'), await verdict(good, ' ')].map(
    ({ panel }) => panel.kind,
  );
  assert.deepEqual(kinds, ['good', 'error', 'info']);
  assert.match((await verdict(good, 'no')).panel.title, /^Invalid signature/);
  assert.match((await verdict({ ...good, exp: 5 }, SECRET)).panel.title, /^Valid signature, but invalid claims/);
  assert.match(
    (await verdict({ ...good, iss: undefined }, SECRET)).panel.title,
    /^Valid signature, but invalid claims/,
  );
  for (const alg of ['none', 'HS512'])
    assert.match((await verdict(good, SECRET, { alg })).panel.title, /^Invalid signature/);
});

test('what is no token is a sentence', () => {
  assert.throws(() => decode('hello'), /has one part/);
  assert.throws(() => decode('a.b.c.d'), /has 4 parts/);
  assert.throws(() => decode(`${encode(HS256)}.%.x`), /the claims, is not JSON/);
  assert.throws(() => decode(`${encode([])}.${encode({})}.x`), /the header, is JSON, but not an object/);
});

test('claims that are nested too deeply to be serialized are refused with a sentence', () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  assert.throws(() => decode(`${encode(HS256)}.${encode(deep)}.x`), /the claims, is nested too deeply/);
});

test('names of a claim that objects inherit are claims of your own', () => {
  const rows = explainClaims({ constructor: 1, toString: 'x', video: { valueOf: true } }, String);
  assert.ok(rows.every(({ meaning }) => /application's own|An unknown grant/.test(meaning)));
});

test('a button follows the grants as a LiveKit server reads them', () => {
  const may = (grants: object) =>
    ['microphone', 'camera', 'screen_share'].map(
      (source) => whyNot({ video: grants }, source as 'camera') === undefined,
    );
  assert.deepEqual(may({}), [true, true, true]);
  assert.deepEqual(may({ canPublish: false, canPublishSources: ['camera'] }), [false, false, false]);
  assert.deepEqual(may({ canPublishSources: [] }), [true, true, true]);
  assert.deepEqual(may({ canPublishSources: ['microphone'] }), [true, false, false]);
});
