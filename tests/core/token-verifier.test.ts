// TokenVerifier: one algorithm, one spelling, one meaning.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { TokenVerifier } from 'livekit-edge';
import { KEY, now, refusedToken, SECRET, sign, tokenOf, untyped } from '../sdk/support.ts';

const verifier = new TokenVerifier(KEY, SECRET);
const good = tokenOf();
const [HEAD = '', PAYLOAD = '', TAG = ''] = good.split('.');

function assertRefused(token: unknown, reason: string | undefined, message?: string): void {
  assert.throws(() => verifier.verifySync(untyped(token)), refusedToken(reason, message));
}

/** The valid claims as JSON, with more fields in front. */
const withMembers = (members: string) => sign(`{${members},"iss":"${KEY}","sub":"alice","exp":${now() + 60}}`);

test('verify and verifySync have the same result', async () => {
  assert.deepEqual(await verifier.verify(good), verifier.verifySync(good));
  const promise = verifier.verify(`${good}!`);
  await assert.rejects(promise, refusedToken('malformed', 'token is malformed'));
});

suite('only HS256 without extensions', () => {
  const payload = JSON.stringify({ iss: KEY, exp: now() + 60 });
  const header = (members: object) => JSON.stringify({ typ: 'JWT', ...members });
  const notPlain = 'token header is not plain HS256';

  const notHs256 = 'token algorithm is not HS256';

  for (const alg of ['HS384', 'HS512', 'none', 'NONE', 'RS256', 'ES256', 'hs256', '']) {
    test(`${JSON.stringify(alg)} is refused`, () => {
      assertRefused(sign(payload, header({ alg })), 'algorithm', notHs256);
      assertRefused(sign(payload, header({ alg }), 'another secret'), 'algorithm', notHs256);
    });
  }

  for (const alg of [null, 256, ['HS256'], undefined]) {
    test(`not ${JSON.stringify(alg)}`, () => assertRefused(sign(payload, header({ alg })), 'header', notPlain));
  }

  test('another hash and a missing signature are refused', () => {
    for (const hash of ['sha384', 'sha512', 'sha1']) {
      assertRefused(
        sign(payload, header({ alg: 'HS256' }), SECRET, hash),
        'signature',
        'token signature does not match',
      );
      const alg = hash.replace('sha', 'HS');
      assertRefused(sign(payload, header({ alg }), SECRET, hash), 'algorithm');
    }
    for (const token of [`${HEAD}.${PAYLOAD}.`, '..']) assertRefused(token, 'signature');
    assertRefused(`${HEAD}.${PAYLOAD}.${TAG.slice(0, 40)}`, 'signature');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    assertRefused(`${none}.${PAYLOAD}.`, 'algorithm');
  });

  for (const extension of [
    { crit: ['exp'] },
    { crit: [] },
    { crit: null },
    { crit: ['b64'], b64: true },
    { b64: false },
    { b64: true },
  ]) {
    test(`an extension is refused: ${JSON.stringify(extension)}`, () => {
      assertRefused(sign(payload, header({ alg: 'HS256', ...extension })), 'header', notPlain);
    });
  }

  for (const text of [
    '',
    '[]',
    'null',
    '"HS256"',
    '{"alg":"HS256"',
    '{"alg":"HS256","alg":"HS256"}',
    '{"alg":"none","alg":"HS256"}',
    '\ufeff{"alg":"HS256"}',
    '{"alg":"HS256"} x',
  ]) {
    test(`a header such as ${JSON.stringify(text)} is refused`, () => assertRefused(sign(payload, text), 'header'));
  }

  test('any type and unknown fields are accepted', () => {
    for (const members of [
      { alg: 'HS256', typ: undefined },
      { alg: 'HS256', kid: 'a', typ: 'at+jwt', cty: 'JWT' },
    ]) {
      assert.equal(verifier.verifySync(sign(payload, header(members))).iss, KEY);
    }
  });
});

suite('one spelling', () => {
  const tail = 'AEIMQUYcgkosw048';
  const changed: [what: string, token: unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['a list', [good]],
    ['an object', { toString: () => good }],
    ['a String object', new String(good)],
    ['nothing', ''],
    ['one dot', '.'],
    ['three dots', '...'],
    ['one part', HEAD],
    ['two parts', `${HEAD}.${PAYLOAD}`],
    ['four parts', `${good}.${TAG}`],
    ['a part in front', `.${good}`],
    ['a blank after it', `${good} `],
    ['a blank before it', ` ${good}`],
    ['a line break after it', `${good}\n`],
    ['a dot after it', `${good}.`],
    ['Bearer before it', `Bearer ${good}`],
    ['padding', `${good}=`],
    ['padding of a part', `${HEAD}=.${PAYLOAD}.${TAG}`],
    ['half a surrogate pair', `${good}\ud83d`],
    ['a zero after it', `${good}\u0000`],
    ['a blank inside', `${HEAD}.${PAYLOAD}.${TAG.slice(0, 9)} ${TAG.slice(9)}`],
    // The last of 43 characters has two unused bits.
    ['other bits at the end of the tag', good.slice(0, -1) + String.fromCharCode(good.charCodeAt(good.length - 1) + 1)],
  ];
  for (const [what, token] of changed)
    test(`${what} is refused`, () => assertRefused(token, 'malformed', 'token is malformed'));

  test('only one of sixteen last characters of a tag is accepted', () => {
    assert.ok(tail.includes(TAG.slice(-1)));
    for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const token = good.slice(0, -1) + character;
      if (character === TAG.slice(-1)) assert.ok(verifier.verifySync(token));
      else assertRefused(token, tail.includes(character) ? 'signature' : 'malformed');
    }
  });

  test('the alphabet with + and / is refused', () => {
    const token = Array.from({ length: 99 }, (_, index) => tokenOf({ name: `>>>???${index}` })).find((one) =>
      /[-_]/.test(one),
    );
    assert.ok(token && verifier.verifySync(token));
    assertRefused(token.replaceAll('-', '+').replaceAll('_', '/'), 'malformed');
  });
});

suite('one meaning', () => {
  const once = 'token claims are missing or of the wrong type';
  for (const members of [
    '"iss":"devkey"',
    '"sub":"bob","sub":"alice"',
    '"video":{"room":"a","room":"b"}',
    '"x":1,"x":1',
    '"attributes":{"a":"b","a":"c"}',
    '"s\\u0075b":"bob"',
  ]) {
    test(`a repeated field is refused: ${members}`, () => assertRefused(withMembers(members), 'claims', once));
  }

  const CASES: [claim: string, members: string][] = [
    ['claims', '"Sub":"bob"'],
    ['claims', '"KIND":"agent"'],
    ['claims', '"Exp":9999999999'],
    ['claims', '"VIDEO":{"roomAdmin":true}'],
    ['claims', '"roomconfig":{}'],
    ['video', '"video":{"ROOMADMIN":true}'],
    ['video', '"video":{"room":"a","Room":"b"}'],
    ['sip', '"sip":{"Admin":true}'],
    ['agentThread', '"agentThread":{"threadids":[]}'],
  ];
  for (const [claim, members] of CASES) {
    test(`a known field in another case is refused: ${members}`, () => {
      assertRefused(withMembers(members), undefined, `${claim} has a field that LiveKit does not know`);
    });
  }

  test('unknown claims are the application’s', () => {
    const own = { tenant: 't', 'https://app.example/role': ['a'], aud: ['x'], jti: 'j', iat: now(), identity: 'alice' };
    const {
      exp: _,
      nbf: __,
      ...claims
    } = verifier.verifySync(tokenOf({ ...own, video: { roomJoin: true, tomorrow: 1 } }));
    assert.deepEqual(claims, { iss: KEY, sub: 'alice', ...own, video: { roomJoin: true, tomorrow: 1 } });
  });

  for (const payload of [
    '',
    'null',
    '[]',
    '"a"',
    '{',
    '{} x',
    '\ufeff{}',
    '{"iss":NaN}',
    "{'iss':1}",
    '{"iss":"a",}',
  ]) {
    test(`a payload such as ${JSON.stringify(payload)} is refused`, () => assertRefused(sign(payload), 'claims', once));
  }

  test('a payload that is not UTF-8, has half a surrogate pair or endless nesting is refused', () => {
    assertRefused(sign(Buffer.from('{"iss":"devkey","name":"\xff"}', 'latin1')), 'claims', once);
    assertRefused(withMembers('"name":"\\ud83d"'), 'claims', once);
    assertRefused(withMembers(`"x":${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'claims', once);
  });
});
