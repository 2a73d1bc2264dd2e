/** Settings of user tokens over HTTP: several secrets and their rotation, audiences, clients, leeway, algorithms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertToken, UNAUTHORIZED } from '../support/answers.ts';
import { type Algorithm, makeKey } from '../support/jwks-provider.ts';
import type { Settings } from '../support/log-reader.ts';
import { now, userToken } from '../support/user-token.ts';
import { claimsOfUser, withProvider } from '../support/with-provider.ts';

const OLD = 'the-old-secret-of-thirty-two-bytes';
const NEW = 'the-new-secret-of-thirty-two-bytes';

const { running, ask, logOf, forgetKeys, settings: providerSettings } = withProvider();
const claims = claimsOfUser;
const assertIn = async (token: string, settings: Settings, what?: string) =>
  assertToken(await ask(token, settings), what);
const assertOut = async (token: string, settings: Settings, what?: string) =>
  assertError(await ask(token, settings), UNAUTHORIZED, what);

const signed = (secret: string, changes = {}) => userToken('user-456', changes, secret);

test('the user-token secret is rotated under load without a refused request', async () => {
  // The settings of each step, and the secrets that applications sign with while endpoints of this and the neighbouring steps run.
  const steps: [settings: Settings, signers: string[]][] = [
    [{ JWT_SECRET: OLD }, [OLD]],
    [{ JWT_SECRET: OLD, JWT_SECRETS: NEW }, [OLD]],
    [{ JWT_SECRET: NEW, JWT_SECRETS: `${OLD}\n` }, [OLD, NEW]],
    [{ JWT_SECRETS: `${NEW}\n${OLD}`, JWT_SECRET: null }, [OLD, NEW]],
    [{ JWT_SECRET: NEW }, [NEW]],
  ];
  const requests = 1000;
  let sent = 0;
  const refused: string[] = [];
  const answers = new Map<string, number>();
  const client = async () => {
    while (sent < requests) {
      const at = sent++;
      const [settings, signers] = steps[Math.floor((at * steps.length) / requests)] as (typeof steps)[number];
      const signer = signers[at % signers.length] as string;
      const { status, text } = await ask(signed(signer), settings);
      if (status !== 201) refused.push(`${at}: ${status} ${text}`);
      answers.set(signer, (answers.get(signer) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  assert.deepEqual(refused, []);
  assert.ok([OLD, NEW].every((secret) => (answers.get(secret) ?? 0) > 300));
  await assertOut(signed(OLD), { JWT_SECRET: NEW });
  await assertOut(signed(NEW), { JWT_SECRET: OLD });
  for (const secret of ['', ' ', `${NEW}\n${OLD}`]) await assertOut(signed(secret), { JWT_SECRETS: `${NEW}\n${OLD}` });
});

test('exp and nbf have a leeway of JWT_LEEWAY seconds', async () => {
  const settings = { JWT_SECRET: OLD };
  await assertIn(signed(OLD, { nbf: now() + 2 }), settings, 'nbf two seconds ahead');
  await assertIn(signed(OLD, { exp: now() - 2 }), settings, 'exp two seconds ago');
  await assertOut(signed(OLD, { nbf: now() + 60 }), settings);
  await assertOut(signed(OLD, { exp: now() - 60 }), settings);
  const wide = { ...settings, JWT_LEEWAY: '120' };
  await assertIn(signed(OLD, { nbf: now() + 60 }), wide);
  await assertIn(signed(OLD, { exp: now() - 60 }), wide);
  for (const JWT_LEEWAY of ['0', 0]) {
    await assertOut(signed(OLD, { nbf: now() + 5 }), { ...settings, JWT_LEEWAY });
    await assertOut(signed(OLD, { exp: now() }), { ...settings, JWT_LEEWAY });
  }
  for (const JWT_LEEWAY of ['1h', '-1', '86400', {}]) {
    await assertOut(signed(OLD, { exp: now() - 60 }), { ...settings, JWT_LEEWAY }, 'an invalid leeway is the default');
  }
});

test('aud must have one of a list of audiences', async () => {
  const key = makeKey('RS256', 'rsa');
  running.provider.list(key.jwk());
  const settings = providerSettings({ JWT_AUDIENCE: 'web, mobile' });
  for (const aud of ['web', 'mobile', ['other', 'mobile']]) await assertIn(key.token(claims({ aud })), settings);
  for (const aud of [undefined, 'web, mobile', 'desktop', ['other'], [], { web: 1 }]) {
    await assertOut(key.token(claims({ aud })), settings, JSON.stringify(aud));
  }
  await assertOut(key.token(claims({ aud: 'web' })), providerSettings({ JWT_AUDIENCE: ',' }));
});

test('Cognito (client_id, no aud) and Clerk (azp): only the clients that the setting lists', async () => {
  const key = makeKey('RS256', 'rsa');
  running.provider.list(key.jwk());
  const settings = providerSettings({ JWT_CLIENT_ID: '4pq7cognito, https://app.example.com' });
  const cognito = claims({ client_id: '4pq7cognito', token_use: 'access', scope: 'openid' });
  const clerk = claims({ azp: 'https://app.example.com', sid: 'sess_1' });
  for (const good of [cognito, clerk]) await assertIn(key.token(good), settings);
  for (const changes of [
    {},
    { client_id: 'other' },
    { azp: 'https://evil.example.com' },
    { azp: 'https://app.example.com', client_id: 'other' },
    { azp: ['https://app.example.com'] },
    { aud: '4pq7cognito' },
  ]) {
    await assertOut(key.token(claims(changes)), settings, JSON.stringify(changes));
  }
  const lines = await logOf({ ...settings, LOG_LEVEL: 'debug' }, async () => {
    await assertOut(key.token(claims({ client_id: 'stranger-client' })), { ...settings, LOG_LEVEL: 'debug' });
  });
  const refusal = lines.find(({ message }) => message === 'Request refused');
  assert.deepEqual([refusal?.['reason'], refusal?.['path']], ['client', 'azp']);
  assert.ok(!JSON.stringify(lines).includes('stranger-client'));
});

test('JWT_ALGORITHMS adds algorithms, and EdDSA includes its newer name', async () => {
  const names: Algorithm[] = ['ES384', 'PS256', 'RS512', 'RS384', 'PS384', 'PS512'];
  const keys = names.map((alg) => makeKey(alg, alg));
  const ed = makeKey('EdDSA', 'ed');
  running.provider.list(...keys.map((key) => key.jwk()), ed.jwk({ alg: 'Ed25519' }));
  const debug = { LOG_LEVEL: 'debug', JWT_AUDIENCE: 'web' };
  const token = (key: typeof ed, header = {}) => key.token(claims({ aud: 'web' }), header);
  for (const key of keys) {
    const lines = await logOf(providerSettings(debug), () => assertOut(token(key), providerSettings(debug), key.alg));
    assert.equal(lines.find(({ message }) => message === 'Request refused')?.['reason'], 'algorithm');
  }
  for (const alg of ['EdDSA', 'Ed25519']) await assertIn(token(ed, { alg }), providerSettings(debug), alg);

  running.provider.list(...keys.map((key) => key.jwk()), ed.jwk());
  forgetKeys();
  const all = providerSettings({ ...debug, JWT_ALGORITHMS: names.join() });
  for (const key of keys) await assertIn(token(key), all, key.alg);
  await assertOut(token(ed), all, 'not in the list');
  for (const key of keys) await assertOut(token(makeKey(key.alg, key.kid)), all, key.alg);
  const none = providerSettings({ ...debug, JWT_ALGORITHMS: 'HS256,none' });
  for (const key of [...keys, ed]) await assertOut(token(key), none, key.alg);
});

test('a malformed key beside a valid one, and a repeated key: tokens of the valid key are accepted', async () => {
  const key = makeKey('ES256', 'ec');
  for (const others of [[{ kid: 'x' }], [key.jwk()], [7, null, [], { kty: 'OKP', crv: 'X25519', x: 'AA' }]]) {
    forgetKeys();
    running.provider.list(...others, key.jwk());
    await assertIn(key.token(claims()), providerSettings());
  }
  forgetKeys();
  const twin = makeKey('ES256', 'ec');
  const other = makeKey('ES256', 'other');
  running.provider.list(key.jwk(), twin.jwk(), other.jwk());
  for (const { token } of [key, twin]) await assertOut(token(claims()), providerSettings());
  await assertIn(other.token(claims()), providerSettings());
});

test('the debug log names the claim and no value', async () => {
  const settings = { JWT_SECRET: OLD, LOG_LEVEL: 'debug' };
  const lines = await logOf(settings, () => assertOut(signed(OLD, { sub: 42_424_242 }), settings));
  const refusal = lines.find(({ message }) => message === 'Request refused');
  assert.deepEqual([refusal?.['reason'], refusal?.['path']], ['claims', 'sub']);
  assert.ok(!JSON.stringify(lines).includes('42424242'));
});
