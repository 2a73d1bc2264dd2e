/** Signatures of user tokens of an identity provider: valid ones are accepted, all others refused. */
import assert from 'node:assert/strict';
import { createHmac, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  type Algorithm,
  assertUnauthorized,
  CLAIMS,
  createJwks,
  type Jwks,
  jwksOf,
  type Key,
  makeKey,
  type Provider,
  refused,
  startProvider,
} from '../support/jwks-provider.ts';
import { encode } from '../support/user-token.ts';

const ALGORITHMS: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA'];
const keys = ALGORITHMS.map((alg) => makeKey(alg, `kid-${alg}`));
const [rsa, ec] = keys as [Key, Key, Key];
const stranger = makeKey('RS256', rsa.kid);

let provider: Provider;
let jwks: Jwks;
before(async () => {
  provider = await startProvider();
  provider.list(...keys.map((key) => key.jwk()));
  jwks = createJwks(provider.url);
});
after(() => provider.stop());

const assertRefused = (token: string, reason: string, from = jwks, good = ec.token()) =>
  assertUnauthorized(from, token, reason, good);

for (const key of keys) {
  test(`${key.alg}: a valid token is accepted, with its payload unchanged`, async () => {
    assert.equal(await jwks.verify(key.token()), JSON.stringify(CLAIMS));
    for (const text of ['{"a" : 1, "a": 2, "é": "🦀"}', 'no JSON at all', '\uFEFF{}']) {
      assert.equal(await jwks.verify(key.token(text)), text);
    }
    for (const typ of [undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt']) {
      assert.equal(await jwks.verify(key.token(CLAIMS, { typ })), JSON.stringify(CLAIMS));
    }
  });

  test(`${key.alg}: a changed header, payload or signature is refused`, async () => {
    const [header = '', payload = '', signature = ''] = key.token().split('.');
    await assertRefused(`${encode({ alg: key.alg, kid: key.kid })}.${payload}.${signature}`, 'signature');
    await assertRefused(`${header}.${encode({ ...CLAIMS, sub: 'owner' })}.${signature}`, 'signature');
    const bytes = Buffer.from(signature, 'base64url');
    const zero = Buffer.alloc(bytes.length);
    const changed = Buffer.from(bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    for (const other of [changed, zero, bytes.subarray(1), Buffer.concat([bytes, zero]), Buffer.alloc(1)]) {
      await assertRefused(`${header}.${payload}.${encode(other)}`, 'signature');
    }
  });

  test(`${key.alg}: another key's signature under its id is refused`, async () => {
    await assertRefused(makeKey(key.alg, key.kid).token(), 'signature');
  });

  test(`${key.alg}: a payload that is not UTF-8 is refused`, async () => {
    await assertRefused(key.token(new Uint8Array([0x7b, 0xff, 0x7d])), 'signature');
  });
}

test('ES256: a signature in DER, as OpenSSL writes it, is refused', async () => {
  const signed = ec.token().split('.').slice(0, 2).join('.');
  await assertRefused(`${signed}.${encode(sign('sha256', Buffer.from(signed), ec.privateKey))}`, 'signature');
});

test('a header that names an algorithm of another key is refused', async () => {
  for (const key of keys) {
    for (const { alg } of keys.filter((other) => other !== key)) {
      await assertRefused(key.token(CLAIMS, { alg }), 'unknown_key');
    }
  }
});

test('any other algorithm is refused, whatever the key says, without a request to the provider', async () => {
  const others = 'HS256 HS384 HS512 RS384 RS512 PS256 ES384 ES512 ES256K ML-DSA-44 none None rs256 dir'.split(' ');
  for (const alg of [...others, '', null, 1, ['RS256'], {}, undefined, '__proto__', 'constructor']) {
    const before = provider.requests;
    const fresh = createJwks(provider.url);
    const reason = typeof alg === 'string' ? 'algorithm' : 'header';
    await assert.rejects(fresh.verify(rsa.token(CLAIMS, { alg })), refused(reason));
    assert.equal(provider.requests, before);
    const jwk = rsa.jwk(typeof alg === 'string' ? { alg } : {});
    await assertRefused(rsa.token(CLAIMS, { alg }), reason, jwksOf(jwk, ec.jwk()));
  }
  const signed = `${encode({ alg: 'RS384', kid: rsa.kid })}.${encode(CLAIMS)}`;
  const rs384 = `${signed}.${encode(sign('sha384', Buffer.from(signed), rsa.privateKey))}`;
  await assertRefused(rs384, 'algorithm', jwksOf(rsa.jwk({ alg: undefined }), ec.jwk()));
});

test('a public key is not a secret (HS256 signed with the public key)', async () => {
  for (const key of keys) {
    const jwk = key.jwk();
    const secrets = [
      key.publicKey.export({ type: 'spki', format: 'pem' }),
      String(key.publicKey.export({ type: 'spki', format: 'pem' })).trim(),
      key.publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(jwk),
      JSON.stringify({ keys: [jwk] }),
      ...['n', 'x', 'e'].flatMap((name) => (typeof jwk[name] === 'string' ? [jwk[name]] : [])),
      ...['n', 'x'].flatMap((name) => (typeof jwk[name] === 'string' ? [Buffer.from(jwk[name], 'base64url')] : [])),
      '',
    ];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
        const signed = `${encode({ alg, kid: key.kid, typ: 'JWT' })}.${encode(CLAIMS)}`;
        const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
        const reason = alg === 'HS256' ? 'algorithm' : alg === key.alg ? 'signature' : 'unknown_key';
        await assertRefused(token, reason);
      }
    }
  }
});

test('crit, b64 and a foreign type are refused although the signature is valid', async () => {
  for (const header of [
    { crit: ['exp'], exp: 1 },
    { crit: ['b64'], b64: true },
    { crit: ['b64'], b64: false },
    { crit: [] },
    { crit: null },
    { b64: false },
    { b64: true },
    { typ: 'logout+jwt' },
    { typ: 'dpop+jwt' },
    { typ: 'secevent+jwt' },
    { typ: ['JWT'] },
    { typ: null },
    { kid: 1 },
    { kid: null },
    { kid: [ec.kid] },
  ]) {
    await assertRefused(ec.token(CLAIMS, header), 'header');
  }
});

test('a key in a token is ignored and not fetched', async () => {
  const before = provider.requests;
  const jku = provider.url;
  const jwk = stranger.jwk();
  const x5c = [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')];
  for (const header of [{ jwk }, { jku }, { x5u: jku }, { x5c }, { jwk, jku, x5c, x5u: jku }]) {
    await assertRefused(stranger.token(CLAIMS, header), 'signature');
    await assertRefused(stranger.token(CLAIMS, { ...header, kid: 'mine' }), 'unknown_key');
    assert.equal(await jwks.verify(rsa.token(CLAIMS, header)), JSON.stringify(CLAIMS));
  }
  assert.equal(provider.requests, before);
});

test('a string that is not a token is refused without a request to the provider', async () => {
  const [header = '', payload = '', signature = ''] = ec.token().split('.');
  const before = provider.requests;
  const fresh = createJwks(provider.url);
  await assert.rejects(fresh.verify(''), refused('missing'));
  for (const token of [
    'x',
    '..',
    `${header}.${payload}`,
    `${header}.${payload}.`,
    `.${payload}.${signature}`,
    `${header}..${signature}`,
    `${header}.${payload}.${signature}.`,
    `${header}.${payload}.${signature}.${signature}.${signature}`,
    `${header}.${payload}.${signature}=`,
    `${header}.${payload}.${signature}\n`,
    ` ${ec.token()}`,
    `${header}.${payload}.+${signature.slice(1)}`,
    `${header}.${payload}.${signature}AAA`,
    `${header}.${payload}.${signature.slice(0, -1)}B`,
    `${encode('no JSON')}.${payload}.${signature}`,
    `${encode('[]')}.${payload}.${signature}`,
    `${encode('null')}.${payload}.${signature}`,
    `${encode(new Uint8Array([0xff]))}.${payload}.${signature}`,
    `${encode('['.repeat(10_000))}.${payload}.${signature}`,
    ec.token('x'.repeat(16 * 1024)),
    'a.'.repeat(500_000),
    `${header}.${payload}.🦀`,
  ]) {
    await assert.rejects(fresh.verify(token), refused('malformed'), token.slice(0, 99));
  }
  assert.equal(provider.requests, before);
  await fresh.verify(ec.token());
});

test('a token of 16 KiB is accepted', async () => {
  const rest = ec.token('').length;
  const payload = 'x'.repeat(Math.floor(((16 * 1024 - rest) * 3) / 4));
  assert.equal(await jwks.verify(ec.token(payload)), payload);
});
