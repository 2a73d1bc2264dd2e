/** User tokens of an identity provider: from its keys on a server to a LiveKit token, or to the expected error. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { assertError, assertToken, BANNED, FORBIDDEN, REVOKED, UNAUTHORIZED, UNAVAILABLE } from '../support/answers.ts';
import { makeKey } from '../support/jwks-provider.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';
import type { Settings } from '../support/log-reader.ts';
import { people } from '../support/people.ts';
import { HS256, JWT_SECRET, jws, now } from '../support/user-token.ts';
import { claimsOfUser, ISSUER, ROOM, withProvider } from '../support/with-provider.ts';

const AUDIENCE = 'livekit-edge';
const LONG = 'a-LiveKit-secret-of-over-32-bytes';

const rsa = makeKey('RS256', 'rsa');
const ec = makeKey('ES256', 'ec');
const ed = makeKey('EdDSA', 'ed');
const stranger = makeKey('RS256', 'stranger');

const {
  running,
  ask: askWith,
  told,
  logOf,
  settings,
} = withProvider({
  JWT_AUDIENCE: AUDIENCE,
  LIVEKIT_API_SECRET: LONG,
});
beforeEach(() => running.provider.list(rsa.jwk(), ec.jwk(), ed.jwk()));
const { insert, newMember } = people(() => running.endpoint);

const claims = (changes: Record<string, unknown> = {}) => claimsOfUser({ aud: AUDIENCE, iat: now(), ...changes });
const ask = (token: string, set: Settings = settings(), headers: Record<string, string> = {}) =>
  askWith(token, set, headers);

async function assertIn(token: string, set?: Settings, user = 'user-456') {
  const { video, sub } = claimsOf(assertToken(await ask(token, set)).token);
  assert.deepEqual([video, sub], [fullGrant(ROOM), user]);
}
const assertOut = async (token: string, set?: Settings, error = UNAUTHORIZED, what?: string) =>
  assertError(await ask(token, set), error, what);

test('every algorithm gets a LiveKit token, and is accepted on every other route', async () => {
  for (const key of [rsa, ec, ed]) await assertIn(key.token(claims()));
  const headers = { Authorization: `Bearer ${rsa.token(claims())}` };
  for (const path of ['/health', '/connection-info', `/channels/${ROOM}/voice-presence`]) {
    assert.equal((await running.endpoint.get(path, { as: null, settings: settings(), headers })).status, 200, path);
  }
  const Cookie = `access_token=${ec.token(claims())}`;
  const cookie = { Authorization: '', Cookie, 'Content-Type': 'application/json' };
  assertToken(await ask('', settings(), cookie), 'in the cookie');
});

test('the claims are checked like those of every user token', async () => {
  const good = claims();
  for (const [what, changes] of Object.entries<Record<string, unknown>>({
    'no issuer': { iss: undefined },
    'another issuer': { iss: 'https://login.example.com' },
    'a list of issuers': { iss: [ISSUER] },
    'no audience': { aud: undefined },
    'another audience': { aud: 'another' },
    'other audiences': { aud: ['another', 'livekit-edge-2'] },
    'an audience that is an object': { aud: { [AUDIENCE]: true } },
    expired: { exp: now() - 10 },
    'no end': { exp: undefined },
    'exp that is a string': { exp: `${good.exp}` },
    'not valid yet': { nbf: now() + 60 },
    'nbf that is a string': { nbf: 'now' },
    'no subject': { sub: undefined },
    'an empty subject': { sub: '' },
    'a subject that is a number': { sub: 456 },
    'a list of subjects': { sub: ['user-456'] },
    'a subject with a line feed': { sub: 'user-456\n' },
    'a subject too long': { sub: 'x'.repeat(257) },
    'an unknown user': { sub: 'user-000' },
    'a jti that is a number': { jti: 7 },
    'a LiveKit grant': { video: { room: ROOM, roomJoin: true } },
    'the API key as issuer': { iss: 'devkey' },
  })) {
    await assertOut(ec.token({ ...good, ...changes }), settings(), UNAUTHORIZED, what);
  }
  await assertIn(ec.token({ ...good, aud: ['another', AUDIENCE], nbf: now() - 1, role: 'OWNER', jti: 'x' }));
  await assertOut(ec.token({ ...good, iss: 'devkey' }), settings({ JWT_ISSUER: 'devkey' }));
  for (const payload of ['"user-456"', '[]', '{', '']) await assertOut(ec.token(payload));
});

test('a role claim of the provider allows nothing', async () => {
  const token = rsa.token(claims({ sub: 'user-stranger', role: 'OWNER', admin: true }));
  await assertOut(token, settings(), FORBIDDEN);
});

test('the signature is verified: another key, another payload and a foreign algorithm are 401', async () => {
  const token = rsa.token(claims());
  const [header, , tag] = token.split('.');
  const payload = Buffer.from(JSON.stringify(claims({ sub: 'user-owner' }))).toString('base64url');
  for (const forged of [
    stranger.token(claims()),
    makeKey('RS256', 'rsa').token(claims()),
    `${header}.${payload}.${tag}`,
    token.slice(0, token.lastIndexOf('.') + 1),
    rsa.token(claims(), { alg: 'none' }),
    rsa.token(claims(), { alg: 'PS256' }),
    rsa.token(claims(), { kid: 'ec' }),
    rsa.token(claims(), { crit: ['exp'] }),
    rsa.token(claims(), { typ: 'logout+jwt' }),
  ]) {
    await assertOut(forged);
  }
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  for (const secret of [pem, pem.trim(), JSON.stringify(rsa.jwk()), `${rsa.jwk()['n']}`]) {
    await assertOut(jws({ ...HS256, kid: 'rsa' }, claims(), secret));
    await assertOut(jws({ ...HS256, kid: 'rsa' }, claims(), secret), settings({ JWT_SECRET }));
  }
});

test('only the holder of a valid token learns that it is revoked or the user banned', async () => {
  await insert('RevokedToken', { jti: 'provider-revoked', expiresAt: now() + 600 });
  const revoked = claims({ jti: 'provider-revoked' });
  await assertOut(rsa.token(revoked), settings(), REVOKED);
  await assertOut(stranger.token(revoked));
  await assertOut(rsa.token(claims({ sub: 'user-banned' })), settings(), BANNED);
  const user = await newMember();
  await assertIn(rsa.token(claims({ sub: user })), settings(), user);
  await insert('User', { id: user, username: user, banned: 1 });
  await assertOut(rsa.token(claims({ sub: user })), settings(), BANNED);
});

test('LiveKit tokens are no user tokens, whichever key signed them', async () => {
  const livekit = assertToken(await ask(rsa.token(claims()))).token;
  await assertOut(livekit);
  await assertOut(livekit, settings({ JWT_SECRET: LONG }));
  await assertOut(jws(HS256, claims({ iss: 'devkey' }), LONG), settings({ JWT_SECRET: LONG, JWT_ISSUER: 'devkey' }));
});

describe('with a secret as well', () => {
  const both = () => settings({ JWT_SECRET });

  test('each key verifies only tokens of its own algorithm', async () => {
    await assertIn(jws(HS256, claims()), both());
    for (const key of [rsa, ec, ed]) await assertIn(key.token(claims()), both());
    await assertOut(jws(HS256, claims()), settings());
    await assertOut(jws(HS256, claims(), 'another-secret-of-thirty-two-bytes'), both());
    await assertOut(rsa.token(claims()), settings({ JWT_SECRET, JWT_JWKS_URL: null }));
  });

  test('issuer and audience are required of both kinds of tokens', async () => {
    for (const changes of [{ iss: undefined }, { aud: 'another' }]) {
      await assertOut(jws(HS256, claims(changes)), both());
      await assertOut(rsa.token(claims(changes)), both());
    }
  });

  test('while the provider is down its tokens are 503, and those of the secret are accepted', async () => {
    running.provider.send('down', 500);
    await assertOut(rsa.token(claims()), both(), UNAVAILABLE);
    await assertIn(jws(HS256, claims()), both());
    for (const changes of [{ exp: now() - 10 }, { nbf: now() + 60 }, { iss: 'x' }, { sub: undefined }]) {
      await assertOut(jws(HS256, claims(changes)), both());
    }
    await assertOut(jws(HS256, claims(), 'another-secret-of-thirty-two-bytes'), both());
    for (const garbage of ['x', 'x.y.z', '..', 'eyJhbGciOiJub25lIn0.e30.']) await assertOut(garbage, both());
    assertError(await running.endpoint.token({}, { as: null, settings: both() }), UNAUTHORIZED);
    await assertOut(rsa.token(claims()), both(), UNAVAILABLE);
  });
});

test('a provider that is down is 503, and the keys are fetched again later', async () => {
  const set = settings();
  running.provider.send('down', 503);
  await assertOut(ec.token(claims()), set, UNAVAILABLE);
  const failed = (await running.endpoint.logged('Request failed')).at(-1);
  assert.deepEqual([failed?.['code'], failed?.['reason']], ['identity_provider_unavailable', 'jwks_unreachable']);
  running.provider.list(ec.jwk());
  await assertOut(ec.token(claims()), set, UNAVAILABLE, 'not at once');
  for (const end = Date.now() + 15_000; (await ask(ec.token(claims()), set)).status !== 201; ) {
    assert.ok(Date.now() < end, 'the keys are not fetched again');
    await new Promise((wake) => setTimeout(wake, 250));
  }
  await assertOut(ec.token(claims({ exp: 1 })), set);
});

test('a provider that never responds is 503', async () => {
  running.provider.handle(() => {});
  await assertOut(ed.token(claims()), settings(), UNAVAILABLE);
});

test('without JWT_ISSUER every token of a provider is refused, and the log has an error', async () => {
  for (const JWT_ISSUER of [null, '', ' ']) {
    const set = settings({ JWT_ISSUER });
    const error = 'error: JWT_ISSUER is not set: tokens of the identity provider are refused';
    const run = async () => {
      for (const changes of [{}, { iss: undefined }, { iss: '' }, { iss: ' ' }]) {
        await assertOut(rsa.token(claims(changes)), set);
      }
    };
    assert.deepEqual(
      (await told(set, run)).filter((line) => !line.startsWith('debug')),
      [error],
    );
  }
});

test('without JWT_AUDIENCE tokens for every service are accepted, and the log has a warning', async () => {
  const set = settings({ JWT_AUDIENCE: null });
  const lines = await told(set, async () => {
    for (const aud of [undefined, 'another', ['x']]) await assertIn(rsa.token(claims({ aud })), set);
  });
  assert.equal(lines[0], 'warn: JWT_AUDIENCE is not set: tokens for other services are accepted too');
});

test('an unsafe URL of keys is an error in the log and 401 for callers; it is never requested, and never 500', async () => {
  const { port } = new URL(running.provider.url);
  for (const JWT_JWKS_URL of [
    'http://login.example.com/jwks.json',
    `http://user:pw@127.0.0.1:${port}/jwks.json`,
    'https://user:pw@login.example.com/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'login.example.com',
    'not a URL',
    `http://0.0.0.0:${port}/jwks.json`,
  ]) {
    const asked = running.provider.requests;
    const error =
      'error: JWT_JWKS_URL is not an https URL without credentials: tokens of the identity provider are refused';
    const alone = settings({ JWT_JWKS_URL });
    const lines = await logOf(alone, async () => {
      await assertOut(rsa.token(claims()), alone, UNAUTHORIZED, JWT_JWKS_URL);
      await assertOut(jws(HS256, claims()), alone);
    });
    assert.deepEqual(
      lines.map(({ level, message }) => `${level}: ${message}`),
      [error],
    );
    assert.doesNotMatch(JSON.stringify(lines), /pw@|example|127\.0/);
    const both = settings({ JWT_JWKS_URL, JWT_SECRET });
    await assertIn(jws(HS256, claims()), both);
    await assertOut(rsa.token(claims()), both);
    assert.equal(running.provider.requests, asked);
  }
  await assertIn(rsa.token(claims()));
});

test('no token of a user and nothing of the provider is logged', async () => {
  const token = rsa.token(claims({ jti: 'provider-logged', email: 'alice@example.com' }));
  const lines = await logOf(settings({ LOG_LEVEL: 'debug' }), async () => {
    await assertIn(token);
    await assertOut(stranger.token(claims()));
  });
  const all = JSON.stringify(lines);
  for (const part of [...token.split('.'), 'alice@', ISSUER, 'jwks.json']) assert.ok(!all.includes(part), part);
  assert.ok(all.includes('provider-logged'));
});
