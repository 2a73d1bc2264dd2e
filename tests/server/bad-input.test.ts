/** Invalid input: each kind gets its documented error, and a valid request works afterwards. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  assertError,
  assertToken,
  badRequest,
  FORBIDDEN,
  NO_ROOM,
  NOT_JSON,
  NOT_OBJECT,
  TOO_COMPLEX,
  TWICE,
} from '../support/answers.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';

const ROOM = 'channel-abc123';
const GOOD = `{"roomId":"${ROOM}"}`;
const KIB = 1024;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());
afterEach(async () => {
  assertToken(await endpoint.token(GOOD), 'a good request after the bad ones');
});

async function assertRefused(bodies: readonly (string | Uint8Array)[], text: string) {
  for (const body of bodies) {
    const what = Buffer.from(body).toString().slice(0, 80);
    assertError(await endpoint.token(body), text, what);
    assertError(await endpoint.token(body, { as: null }), text, `${what}, unauthenticated`);
  }
}

test('row 19: a body that is not JSON is 400, with or without authentication', async () => {
  await assertRefused(
    [
      '{',
      '[',
      '"',
      ' ',
      '\n',
      '\u0000',
      'nul',
      'NaN',
      'undefined',
      `roomId=${ROOM}`,
      '<roomId/>',
      '{"roomId":',
      '{"a"}',
    ],
    NOT_JSON,
  );
  await assertRefused([`{roomId:"${ROOM}"}`, `{'roomId':'${ROOM}'}`, `${GOOD}x`, `${GOOD}{}`, `x${GOOD}`], NOT_JSON);
  await assertRefused(['{"roomId":"x",}', '{,}', '{"ttl":01}', '{"ttl":+1}', '{"ttl":.5}', '{"ttl":1.}'], NOT_JSON);
  await assertRefused(['{"ttl":0x10}', '{"ttl":1_0}', '{"ttl":NaN}', '{"ttl":Infinity}', '/**/{}', '{}//'], NOT_JSON);
  await assertRefused(['{"roomId":"a\nb"}', '{"roomId":"\\x41"}', '{"roomId":"\\ud800"}', '{"x":"\\udc00"}'], NOT_JSON);
});

test('row 19: a body that is not UTF-8 is not JSON', async () => {
  const around = (bytes: number[], before: string, after: string) =>
    Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80]]) {
    await assertRefused([around(bytes, '{"roomId":"', '"}'), around(bytes, '{"x":"', '"}')], NOT_JSON);
  }
  await assertRefused([`\ufeff${GOOD}`, Buffer.from(GOOD, 'utf16le'), around([], '\u00a0', GOOD)], NOT_JSON);
});

test('row 19: JSON that is not an object is 400; an empty body counts as an empty object', async () => {
  await assertRefused(['[]', `[${GOOD}]`, 'null', 'true', '0', '"x"', JSON.stringify(GOOD), ' [ ] '], NOT_OBJECT);
  for (const body of ['', '{}', ' {\t}\r\n']) assertError(await endpoint.token(body), NO_ROOM);
});

test('nesting has a limit, and a wide body takes linear time', async () => {
  const nested = (depth: number) => `{"roomId":"${ROOM}","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const wide = (count: number) =>
    `{${Array.from({ length: count }, (_, at) => `"x${at}":0,`).join('')}"roomId":"${ROOM}"}`;
  assertToken(await endpoint.token(nested(30)));
  // As wide as 100 KiB allows; sorting it must not take quadratic time.
  assertToken(await endpoint.token(wide(9000)));
  const deep = ['[', '{"a":', '[{"a":'].map((open) => open.repeat(Math.floor((100 * KIB) / open.length)));
  await assertRefused([nested(40), nested(50_000), ...deep], TOO_COMPLEX);
  await assertRefused([`{"roomId":${'['.repeat(100_000)}}`], TOO_COMPLEX);
});

test('W6: a field of a wrong type is 400 and never reaches the database', async () => {
  for (const value of [1, 0, true, false, [], [ROOM], {}, { not: 'x' }, { length: 5 }, { toString: ROOM }]) {
    for (const field of ['roomId', 'identity', 'name']) {
      const answer = await endpoint.token({ roomId: ROOM, [field]: value });
      assertError(answer, badRequest([`${field} must be a string`]), JSON.stringify(value));
    }
  }
});

test('W9: blank, too long and control characters are 400', async () => {
  const blank = ['', ' ', '\t', '\r\n', '\u00a0', '\u2003\u3000', '\u0085', ' '.repeat(5000)];
  const control = [
    '\u0000',
    'a\u0000',
    'a\nb',
    '\u001b[31m',
    '\u007f',
    'x\u0085y',
    'a\u009f',
    'a\u2028b',
    'a\u2029',
    'a\u202eb',
    '\u2066a',
  ];
  const invisible = ['user\u200b', 'a\u200db', '\u00ada', 'a\ufeff', '☎\ufe0f', 'a\u{e0041}', 'a\u2800b'];
  const atEnds = ['user-789 ', ' user-789', 'user-789\u00a0', '\u3000user-789', 'user-789\u2003'];
  const long = ['x'.repeat(257), 'x'.repeat(300), 'x'.repeat(90_000), 'é'.repeat(129), '🎤'.repeat(65)];
  for (const field of ['roomId', 'identity', 'name']) {
    const refuse = async (text: string, rule: string) =>
      assertError(await endpoint.token({ roomId: ROOM, [field]: text }), badRequest([`${field} ${rule}`]), text);
    if (field !== 'name') {
      for (const text of blank) await refuse(text, 'should not be empty');
      for (const text of [...invisible, ...atEnds]) await refuse(text, 'must not contain control characters');
    }
    for (const text of control) await refuse(text, 'must not contain control characters');
    for (const text of long) await refuse(text, 'must not be longer than 256 bytes');
  }
  for (const name of ['👩‍🚀', ...invisible, ...atEnds]) {
    const { token } = assertToken(await endpoint.token({ roomId: ROOM, name }), name);
    assert.equal(claimsOf(token).name, name);
  }
  for (const longest of ['x'.repeat(256), 'é'.repeat(128), '🎤'.repeat(64)]) {
    assertError(await endpoint.token({ roomId: longest }), FORBIDDEN);
    const { token } = assertToken(await endpoint.token({ roomId: ROOM, identity: longest, name: longest }));
    assert.deepEqual([claimsOf(token).sub, claimsOf(token).name], [longest, longest]);
  }
});

test('W3: ttl is a number from 1 to the maximum', async () => {
  const least = 'ttl must not be less than 1';
  const most = 'ttl must not be greater than 86400';
  const number = 'ttl must be a number conforming to the specified constraints';
  for (const [spellings, messages] of [
    [['0', '-0', '0.5', '0.99', '-1', '-0.0', '-1e300', '1e-400'], [least]],
    [['86401', '1e300', '9'.repeat(300), '4294967296', '18446744073709551616', '9007199254740993'], [most]],
    [
      ['"60"', '""', 'true', 'false', '[]', '[60]', '{}', '{"valueOf":60}'],
      [least, number],
    ],
  ] as const) {
    for (const ttl of spellings) {
      assertError(await endpoint.token(`{"roomId":"${ROOM}","ttl":${ttl}}`), badRequest(messages), ttl);
    }
  }
});

test('W3: a ttl beyond the range of a number is refused, not treated as absent', async () => {
  for (const ttl of ['1e400', '-1e400', '9'.repeat(400), '1e99999999999999999999']) {
    assertError(await endpoint.token(`{"roomId":"${ROOM}","ttl":${ttl}}`), NOT_JSON, ttl);
  }
  for (const ttl of ['1e308', '-1e308', '9'.repeat(300), '18446744073709551616', '-9223372036854775809']) {
    const rule = ttl.startsWith('-') ? 'ttl must not be less than 1' : 'ttl must not be greater than 86400';
    assertError(await endpoint.token(`{"roomId":"${ROOM}","ttl":${ttl}}`), badRequest([rule]), ttl);
  }
});

test('W10: a repeated field is refused in every spelling', async () => {
  for (const body of [
    `{"roomId":"${ROOM}","roomId":"channel-private-1"}`,
    `{"roomId":"channel-private-1","roomId":"${ROOM}"}`,
    `{"roomId":"${ROOM}","room\\u0049d":"channel-private-1"}`,
    `{"roomId":"${ROOM}","identity":"a","\\u0069dentity":"b"}`,
    `{"roomId":"${ROOM}","ttl":1,"ttl":1}`,
    `{"roomId":"${ROOM}","name":null,"name":"x"}`,
    `{"roomId":"${ROOM}","x":1,"x":2}`,
  ]) {
    await assertRefused([body], TWICE);
  }
  const other = `{"RoomId":"channel-private-1","room\\u0049d":"${ROOM}","roomid":"x"}`;
  assert.equal(assertToken(await endpoint.token(other)).roomId, ROOM);
});

test('field names with a meaning in JavaScript, such as __proto__, have no effect', async () => {
  for (const body of [
    `{"roomId":"${ROOM}","__proto__":{"identity":"user-789","ttl":0}}`,
    `{"roomId":"${ROOM}","constructor":{"prototype":{"identity":"user-789"}}}`,
    `{"roomId":"${ROOM}","toString":1,"valueOf":1,"hasOwnProperty":1,"toJSON":1,"then":1,"length":1}`,
    `{"roomId":"${ROOM}","":1,"\\u0000":1}`,
  ]) {
    const { identity, token } = assertToken(await endpoint.token(body), body);
    assert.equal(identity, 'user-456');
    assert.deepEqual(claimsOf(token).video, fullGrant(ROOM));
  }
  assertError(await endpoint.token(`{"__proto__":${GOOD}}`), NO_ROOM);
  for (const roomId of ['__proto__', 'constructor', 'toString'])
    assertError(await endpoint.token({ roomId }), FORBIDDEN);
});
