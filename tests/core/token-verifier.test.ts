// TokenVerifier: one signature, one spelling, one meaning.
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

/** The good claims as a JSON text, with more members in front. */
const withMembers = (members: string) => sign(`{${members},"iss":"${KEY}","sub":"alice","exp":${now() + 60}}`);

test('verify and verifySync say the same', async () => {
  assert.deepEqual(await verifier.verify(good), verifier.verifySync(good));
  const promise = verifier.verify(`${good}!`);
  await assert.rejects(promise, refusedToken('malformed', 'token is malformed'));
});

suite('only plain HS256', () => {
  const payload = JSON.stringify({ iss: KEY, exp: now() + 60 });
  const header = (members: object) => JSON.stringify({ typ: 'JWT', ...members });
  const notPlain = 'token header is not plain HS256';

  const notHs256 = 'token algorithm is not HS256';

  for (const alg of ['HS384', 'HS512', 'none', 'NONE', 'RS256', 'ES256', 'hs256', '']) {
    test(`not ${JSON.stringify(alg)}`, () => {
      assertRefused(sign(payload, header({ alg })), 'algorithm', notHs256);
      assertRefused(sign(payload, header({ alg }), 'another secret'), 'algorithm', notHs256);
    });
  }

  for (const alg of [null, 256, ['HS256'], undefined]) {
    test(`not ${JSON.stringify(alg)}`, () => assertRefused(sign(payload, header({ alg })), 'header', notPlain));
  }

  test('no other hash, and no signature that is missing', () => {
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
    test(`nothing that asks for more: ${JSON.stringify(extension)}`, () => {
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
    test(`no header like ${JSON.stringify(text)}`, () => assertRefused(sign(payload, text), 'header'));
  }

  test('but any type, and members that mean nothing', () => {
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
    ['a text object', new String(good)],
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
    // The last character of 43 has two bits that mean nothing.
    ['other bits at the end of the tag', good.slice(0, -1) + String.fromCharCode(good.charCodeAt(good.length - 1) + 1)],
  ];
  for (const [what, token] of changed)
    test(`not ${what}`, () => assertRefused(token, 'malformed', 'token is malformed'));

  test('the last character of a tag is one of sixteen', () => {
    assert.ok(tail.includes(TAG.slice(-1)));
    for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const token = good.slice(0, -1) + character;
      if (character === TAG.slice(-1)) assert.ok(verifier.verifySync(token));
      else assertRefused(token, tail.includes(character) ? 'signature' : 'malformed');
    }
  });

  test('not the alphabet with + and /', () => {
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
    test(`no key twice: ${members}`, () => assertRefused(withMembers(members), 'claims', once));
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
    test(`no key in another case: ${members}`, () => {
      assertRefused(withMembers(members), undefined, `${claim} has a field that LiveKit does not know`);
    });
  }

  test('claims that LiveKit does not know are the application’s', () => {
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
    test(`no payload like ${JSON.stringify(payload)}`, () => assertRefused(sign(payload), 'claims', once));
  }

  test('no payload that is not UTF-8, no half a surrogate pair, nothing without end', () => {
    assertRefused(sign(Buffer.from('{"iss":"devkey","name":"\xff"}', 'latin1')), 'claims', once);
    assertRefused(withMembers('"name":"\\ud83d"'), 'claims', once);
    assertRefused(withMembers(`"x":${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'claims', once);
  });
});
