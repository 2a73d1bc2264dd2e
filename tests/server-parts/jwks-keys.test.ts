/** The keys of an identity provider that may verify user tokens. */
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import {
  assertUnauthorized,
  CLAIMS,
  type JsonKey,
  type Jwks,
  jwksOf,
  type Key,
  makeKey,
} from '../support/jwks-provider.ts';
import { encode } from '../support/user-token.ts';

const rsa = makeKey('RS256', 'rsa');
const ec = makeKey('ES256', 'ec');
const ed = makeKey('EdDSA', 'ed');
const keys = [rsa, ec, ed];

const assertRefused = (token: string, reason: string, from: Jwks, good = ec.token()) =>
  assertUnauthorized(from, token, reason, good);

test('RSA keys below 2048 bits, and with an exponent of 1, are refused', async () => {
  const small = makeKey('RS256', 'small', 1024);
  await assertRefused(small.token(), 'signature', jwksOf(small.jwk(), ec.jwk()));
  const good = jwksOf(rsa.jwk({ e: 'AQ' }), ec.jwk());
  await assertRefused(rsa.token(), 'unknown_key', good);
  // With the exponent 1 the padded digest is its own signature.
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(rsa.token().replace(/\.[^.]*$/, ''))));
  const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const padding = Buffer.alloc(256 - 3 - prefix.length - digest.length, 0xff);
  const forged = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), prefix, digest]);
  await assertRefused(rsa.token().replace(/[^.]*$/, encode(forged)), 'unknown_key', good);
});

test('a token without kid is accepted only if one key fits', async () => {
  const other = makeKey('ES256', 'other');
  const bare = (key: Key) => key.token(CLAIMS, { kid: undefined });
  const all = jwksOf(...keys.map((key) => key.jwk()));
  for (const key of keys) assert.equal(await all.verify(bare(key)), JSON.stringify(CLAIMS));
  await assertRefused(bare(ec), 'unknown_key', jwksOf(ec.jwk(), other.jwk()));
  await assertRefused(bare(ec), 'unknown_key', jwksOf(ec.jwk(), other.jwk({ kid: undefined })));
  assert.ok(await jwksOf(ec.jwk({ kid: undefined })).verify(bare(ec)));
  // A key without an id does not match a token with one.
  await assertRefused(ec.token(), 'unknown_key', jwksOf(ec.jwk({ kid: undefined }), rsa.jwk()), rsa.token());
});

test('keys for another use than verifying are refused', async () => {
  const changes: JsonKey[] = [
    { use: 'enc' },
    { use: 'SIG' },
    { use: '' },
    { key_ops: ['sign'] },
    { key_ops: [] },
    { key_ops: ['encrypt', 'deriveKey'] },
    { alg: 'ES384' },
    { alg: 'HS256' },
    { kty: 'RSA' },
    { kty: 'oct' },
    { kty: 'ec' },
    { crv: 'P-384' },
    { crv: 'secp256k1' },
    { crv: undefined },
    { x: undefined },
    { y: '' },
    { y: ec.jwk()['x'] },
    { d: ec.privateKey.export({ format: 'jwk' }).d },
    { d: '' },
    { k: 'c2VjcmV0' },
  ];
  for (const change of changes) {
    await assertRefused(ec.token(), 'unknown_key', jwksOf(ec.jwk(change), rsa.jwk()), rsa.token());
  }
  for (const fine of [{ key_ops: ['verify'] }, { alg: undefined }, { use: undefined }, { x5c: ['MII'], x5t: 'x' }]) {
    assert.ok(await jwksOf(ec.jwk(fine)).verify(ec.token()));
  }
});

test('symmetric and private keys in the set do no harm', async () => {
  const k = encode('0123456789abcdef0123456789abcdef');
  const oct = { kty: 'oct', k, kid: 'oct', alg: 'HS256', use: 'sig' };
  const privates = keys.map((key) => ({
    ...key.jwk(),
    ...key.privateKey.export({ format: 'jwk' }),
    kid: `p-${key.kid}`,
  }));
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
  const set = jwksOf(oct, ...privates, { ...p384, kid: ec.kid }, { kty: 'AKP', pub: 'x', alg: 'ML-DSA-44' }, ec.jwk());
  const signed = `${encode({ alg: 'HS256', kid: 'oct' })}.${encode(CLAIMS)}`;
  const hmac = createHmac('sha256', Buffer.from(k, 'base64url')).update(signed).digest('base64url');
  await assertRefused(`${signed}.${hmac}`, 'algorithm', set);
  for (const key of keys) await assertRefused(key.token(CLAIMS, { kid: `p-${key.kid}` }), 'unknown_key', set);
});
