/** JWT_ALGORITHMS: the accepted signatures of an identity provider, each with its own kind of key. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../scripts/worker.mjs';
import { ALGORITHMS } from '../support/algorithms.ts';
import { supportScript } from '../support/endpoint.ts';
import {
  type Algorithm,
  assertUnauthorized,
  CLAIMS,
  createJwks,
  type JsonKey,
  makeKey,
  type Provider,
  startProvider,
} from '../support/jwks-provider.ts';

const NAMES = ALGORITHMS.map(({ name }) => name as Algorithm);
const keys = NAMES.map((alg) => makeKey(alg, `kid-${alg}`));
const good = makeKey('ES256', 'good');

const jwksOf = (names: readonly string[], ...keys: JsonKey[]) =>
  createJwks('https://login.example.com', {
    algorithms: ALGORITHMS.filter(({ name }) => names.includes(name)),
    fetch: async () => Response.json({ keys }),
  });

for (const key of keys) {
  const { alg } = key;
  const all = jwksOf(NAMES, ...keys.map((key) => key.jwk()), good.jwk());

  test(`${alg}: is accepted if it is allowed, and otherwise refused`, async () => {
    const token = key.token();
    assert.equal(await jwksOf([alg], key.jwk()).verify(token), JSON.stringify(CLAIMS));
    assert.equal(await jwksOf([alg], key.jwk({ alg: undefined })).verify(token), JSON.stringify(CLAIMS));
    assert.equal(await all.verify(token), JSON.stringify(CLAIMS));
    const others = jwksOf([...NAMES.filter((name) => name !== alg), 'ES256'], key.jwk(), good.jwk());
    if (alg !== 'ES256') await assertUnauthorized(others, token, 'algorithm', good.token());
  });

  test(`${alg}: a changed signature, another key, and the name of another algorithm are refused`, async () => {
    const [header, payload, signature = ''] = key.token().split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const forged = `${header}.${payload}.${bytes.toString('base64url')}`;
    await assertUnauthorized(all, forged, 'signature', good.token());
    await assertUnauthorized(all, makeKey(alg, key.kid).token(), 'signature', good.token());
    for (const other of NAMES.filter((name) => name !== alg)) {
      await assertUnauthorized(all, key.token(CLAIMS, { alg: other }), 'unknown_key', good.token());
      // Also if the key does not name its algorithm.
      const open = jwksOf(NAMES, key.jwk({ alg: undefined }), good.jwk());
      const isSameKind = key.jwk()['kty'] === 'RSA' && /^[RP]S/.test(other);
      const reason = isSameKind ? 'signature' : 'unknown_key';
      await assertUnauthorized(open, key.token(CLAIMS, { alg: other }), reason, good.token());
    }
  });
}

test('EdDSA has two names, in the header and in the key', async () => {
  const key = makeKey('EdDSA', 'ed');
  for (const inKey of ['EdDSA', 'Ed25519', undefined]) {
    for (const alg of ['EdDSA', 'Ed25519']) {
      const jwks = jwksOf(['EdDSA'], key.jwk({ alg: inKey }));
      assert.equal(await jwks.verify(key.token(CLAIMS, { alg })), JSON.stringify(CLAIMS));
    }
    await assertUnauthorized(
      jwksOf(['ES256'], key.jwk({ alg: inKey }), good.jwk()),
      key.token(CLAIMS, { alg: 'Ed25519' }),
      'algorithm',
      good.token(),
    );
  }
  const ed448 = jwksOf(['EdDSA', 'ES256'], key.jwk({ crv: 'Ed448' }), good.jwk());
  await assertUnauthorized(ed448, key.token(CLAIMS, { alg: 'Ed448' }), 'algorithm', good.token());
  await assertUnauthorized(ed448, key.token(), 'unknown_key', good.token());
});

test('without an algorithm no token is valid', async () => {
  for (const key of keys) {
    await assert.rejects(jwksOf([], ...keys.map((key) => key.jwk())).verify(key.token()), { reason: 'algorithm' });
  }
});

test('an RSA key of 1024 bits is too small for each of its algorithms', async () => {
  // A key of 1024 bits is too short for a PS512 signature.
  for (const alg of NAMES.filter((name) => /^[RP]S/.test(name) && name !== 'PS512')) {
    const small = makeKey(alg, 'small', 1024);
    await assertUnauthorized(jwksOf(NAMES, small.jwk(), good.jwk()), small.token(), 'signature', good.token());
  }
});

test('two keys of one id and one kind exclude each other, whatever their algorithms; keys of two curves do not', async () => {
  const [rs, ps] = [makeKey('RS256', 'same'), makeKey('PS256', 'same')];
  const rsa = jwksOf(NAMES, rs.jwk(), ps.jwk(), good.jwk());
  for (const key of [rs, ps]) await assertUnauthorized(rsa, key.token(), 'unknown_key', good.token());
  const [p256, p384] = [makeKey('ES256', 'same'), makeKey('ES384', 'same')];
  const ec = jwksOf(NAMES, p256.jwk(), p384.jwk());
  for (const key of [p256, p384]) assert.equal(await ec.verify(key.token()), JSON.stringify(CLAIMS));
});

test('one RSA key may be listed once for each of several algorithms', async () => {
  const key = makeKey('RS256', 'one');
  const jwks = jwksOf(NAMES, key.jwk(), key.jwk({ alg: 'RS512' }), good.jwk());
  assert.equal(await jwks.verify(key.token()), JSON.stringify(CLAIMS));
  await assertUnauthorized(jwks, key.token(CLAIMS, { alg: 'RS512' }), 'signature', good.token());
  await assertUnauthorized(jwks, key.token(CLAIMS, { alg: 'PS256' }), 'unknown_key', good.token());
});

let worker: Awaited<ReturnType<typeof startWorker>>;
let provider: Provider;
before(async () => {
  const entry = supportScript('jwks-worker.ts');
  [worker, provider] = await Promise.all([startWorker({ entry, migrate: false, demo: false }), startProvider()]);
});
after(() => Promise.all([worker.stop(), provider.stop()]));

test('the results are the same on workerd', async () => {
  provider.list(...keys.map((key) => key.jwk()));
  const verify = async (token: string) => {
    const query = new URLSearchParams({ jwks: provider.url });
    const response = await fetch(`${worker.url}/?${query}`, { method: 'POST', body: token });
    return `${response.status} ${await response.text()}`;
  };
  for (const key of keys) {
    assert.equal(await verify(key.token()), `200 ${JSON.stringify(CLAIMS)}`, key.alg);
    assert.equal(await verify(makeKey(key.alg, key.kid).token()), '401 signature', key.alg);
  }
  assert.equal(await verify(keys[2]?.token(CLAIMS, { alg: 'Ed25519' }) ?? ''), `200 ${JSON.stringify(CLAIMS)}`);
});
