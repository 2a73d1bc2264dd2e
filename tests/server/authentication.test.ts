/** Authentication of callers: valid and invalid user tokens. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { AccessToken } from 'livekit-server-sdk';
import { assertError, assertToken, BANNED, NOT_JSON, REVOKED, UNAUTHORIZED, UNSUPPORTED } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { platform } from '../support/platform.ts';
import { sendRaw } from '../support/raw-http.ts';
import { encode, HS256, JWT_SECRET, jws, now, userClaims, userToken } from '../support/user-token.ts';

const BODY = '{"roomId":"channel-abc123"}';
const JSON_TYPE = { 'Content-Type': 'application/json' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());

type Headers = Record<string, string>;
type Settings = Record<string, unknown>;

const ask = (headers: Headers, settings: Settings = {}) => endpoint.token(BODY, { as: null, headers, settings });
const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` });

/** Each route answers 401, without the reason. */
async function assertUnauthorized(headers: Headers, { what = '', settings = {}, text = UNAUTHORIZED } = {}) {
  assertError(await ask(headers, settings), text, what);
  for (const path of ['/health', '/connection-info']) {
    assertError(await endpoint.get(path, { as: null, headers, settings }), text, `${what} ${path}`);
  }
}

function livekitToken(): Promise<string> {
  const token = new AccessToken('devkey', JWT_SECRET, { identity: 'user-456' });
  token.addGrant({ room: 'channel-abc123', roomJoin: true });
  return token.toJwt();
}

async function assertIdentity(headers: Headers, identity: string, settings: Settings = {}) {
  const answer = assertToken(await ask(headers, settings), JSON.stringify(headers));
  assert.equal(answer.identity, identity);
}

test('row 7: Authorization: Bearer is accepted in any case and with any white space', async () => {
  const token = userToken('user-456');
  for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', 'bEaReR   ', 'Bearer \t']) {
    await assertIdentity({ Authorization: `${scheme}${token}  ` }, 'user-456');
  }
});

test('the cookie access_token counts if there is no Bearer token', async () => {
  const cookie = `theme=dark; access_token=${userToken('user-456')}; refresh_token=x`;
  await assertIdentity({ ...JSON_TYPE, Cookie: cookie }, 'user-456');
  assert.equal((await endpoint.get('/health', { as: null, headers: { Cookie: cookie } })).status, 200);
  await assertIdentity({ ...JSON_TYPE, Cookie: cookie, Authorization: 'Basic dXNlcjpwYXNz' }, 'user-456');
  await assertIdentity({ ...JSON_TYPE, Cookie: cookie, ...bearer(userToken('user-789')) }, 'user-789');
  await assertIdentity({ 'Content-Type': 'Application/JSON ; charset=utf-8', Cookie: cookie }, 'user-456');
});

test('an invalid Bearer token is 401 even beside a valid cookie', async () => {
  const Cookie = `access_token=${userToken('user-456')}`;
  const expired = userToken('user-456', { exp: now() - 10 });
  for (const Authorization of ['Bearer', 'Bearer x', 'bearer x.y.z', `Bearer ${expired}`, 'Bearer null']) {
    await assertUnauthorized({ ...JSON_TYPE, Cookie, Authorization }, { what: Authorization });
  }
});

test('W12: a POST with a cookie and a content type that any page can send is 415 before the cookie is verified', async () => {
  for (const token of [userToken('user-456'), 'x', '']) {
    const headers = { Cookie: `access_token=${token}` };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      assertError(await ask({ ...headers, 'Content-Type': type }), UNSUPPORTED, type);
    }
    for (const type of ['text/plain; application/json', 'application/jsonp', 'text/plain, application/json']) {
      assertError(await ask({ ...headers, 'Content-Type': type }), UNSUPPORTED, type);
    }
    const raw = [`Cookie: access_token=${token}`, `Content-Length: ${BODY.length}`];
    assertError(await sendRaw(endpoint.url, 'POST /api/livekit/token', raw, BODY), UNSUPPORTED);
    assertError(await endpoint.token('{', { as: null, headers }), NOT_JSON);
  }
  const headers = { Cookie: `access_token=${userToken('user-456')}`, 'Content-Type': 'text/plain' };
  await assertIdentity({ ...headers, ...bearer(userToken('user-789')) }, 'user-789');
});

test('row 8: a request without a user token, or with one in another place, is 401', async () => {
  const token = userToken('user-456');
  await assertUnauthorized({});
  for (const Authorization of [
    '',
    'Bearer',
    `Basic ${token}`,
    token,
    `Token ${token}`,
    `Bearer: ${token}`,
    // White space in JavaScript, but not in HTTP.
    `Bearer \u00a0${token}`,
    `Bearer\u00a0${token}`,
    `\u00a0Bearer ${token}`,
    `Bearer ${token}\u00a0`,
    `Bearer ${token} \u0085`,
  ]) {
    await assertUnauthorized({ Authorization }, { what: Authorization });
  }
  const cookies = [`token=${token}`, token, `access_token=\u00a0${token}`, `access_token=${token}\u00a0`].map(
    (Cookie) => ({ Cookie }),
  );
  for (const headers of [{ 'X-Access-Token': token }, ...cookies]) {
    await assertUnauthorized({ ...JSON_TYPE, ...headers }, { what: JSON.stringify(Object.keys(headers)) });
  }
  for (const query of [`?access_token=${token}`, `?token=${token}`, `?Authorization=Bearer%20${token}`]) {
    assertError(await endpoint.get(`/health${query}`, { as: null }), UNAUTHORIZED);
    assertError(await endpoint.send('POST', `/token${query}`, { as: null }), UNAUTHORIZED);
  }
});

test('two Authorization headers are 401', async () => {
  const good = `Authorization: Bearer ${userToken('user-456')}`;
  for (const headers of [
    [good, good],
    [good, 'Authorization: Bearer x'],
    ['Authorization: Bearer x', good],
    ['Authorization: Basic x', good],
  ]) {
    assertError(await sendRaw(endpoint.url, 'GET /api/livekit/health', headers), UNAUTHORIZED);
  }
});

describe('W11: a token that is not HS256 by JWT_SECRET, with sub and exp, is 401', () => {
  const claims = userClaims('user-456');
  const good = jws(HS256, claims);
  const [header = '', payload = '', tag = ''] = good.split('.');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rs256 = `${encode({ alg: 'RS256' })}.${payload}`;

  const tokens: Record<string, string | Promise<string> | (() => string)> = {
    'not a token': 'garbage',
    'two parts': `${header}.${payload}`,
    'four parts': `${good}.x`,
    'empty parts': '..',
    'no tag': `${header}.${payload}.`,
    'another tag': `${header}.${payload}.${tag.slice(1)}${tag.slice(0, 1)}`,
    'a tag of another length': `${header}.${payload}.${tag.slice(0, -4)}`,
    'a padded tag': `${good}=`,
    'another secret': userToken('user-456', {}, 'another secret'),
    'an empty secret': userToken('user-456', {}, ''),
    'a changed payload': `${header}.${encode(userClaims('user-owner'))}.${tag}`,
    'alg none, no tag': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    'alg none, signed': jws({ alg: 'none' }, claims),
    'alg HS512': jws({ alg: 'HS512' }, claims, JWT_SECRET, 'sha512'),
    'alg HS384': jws({ alg: 'HS384' }, claims, JWT_SECRET, 'sha384'),
    'alg HS512 with an HS256 tag': jws({ alg: 'HS512' }, claims),
    'alg hs256': jws({ alg: 'hs256' }, claims),
    'alg RS256': `${rs256}.${sign('sha256', Buffer.from(rs256), privateKey).toString('base64url')}`,
    'alg RS256 with an HS256 tag': jws({ alg: 'RS256' }, claims),
    'no alg': jws({ typ: 'JWT' }, claims),
    'two algs': jws('{"alg":"none","alg":"HS256"}', claims),
    crit: jws({ ...HS256, crit: ['exp'] }, claims),
    'a header that is no JSON': jws('HS256', claims),
    'claims that are no JSON': jws(HS256, '{'),
    'claims in an array': jws(HS256, [claims]),
    'no claims': jws(HS256, {}),
    'no exp': userToken('user-456', { exp: undefined }),
    'exp of another type': userToken('user-456', { exp: `${now() + 60}` }),
    'exp null': userToken('user-456', { exp: null }),
    'exp in the past': userToken('user-456', { exp: now() - 60 }),
    'exp ten seconds ago': () => userToken('user-456', { exp: now() - 10 }),
    'exp negative': userToken('user-456', { exp: -1 }),
    'nbf in the future': userToken('user-456', { nbf: now() + 60 }),
    'no sub': userToken('user-456', { sub: undefined }),
    'sub empty': userToken('', {}),
    'sub blank': userToken('  ', {}),
    'sub of another type': userToken('user-456', { sub: 456 }),
    'sub that is a filter': userToken('user-456', { sub: { not: 'x' } }),
    'sub null': userToken('user-456', { sub: null }),
    'sub of an unknown user': userToken('user-000'),
    'sub in another case': userToken('USER-456'),
    'sub with a space': userToken('user-456 '),
    'sub with a NUL': userToken('user-456\u0000'),
    'sub with an invisible character': userToken('user-456\u200b'),
    'sub with a wildcard': userToken('user-4%'),
    'sub that is SQL': userToken("user-456' OR '1'='1"),
    'sub too long': userToken('x'.repeat(300)),
    'sub twice': jws(HS256, JSON.stringify(claims).replace('}', ',"sub":"user-owner"}')),
    'exp twice': jws(HS256, JSON.stringify(claims).replace('}', `,"exp":${now() + 9}}`)),
    Sub: jws(HS256, { ...claims, sub: undefined, Sub: 'user-456' }),
    'jti of another type': userToken('user-456', { jti: 7 }),
    'jti with a NUL': userToken('user-456', { jti: 'a\u0000b' }),
    'jti that is a NUL': userToken('user-456', { jti: '\u0000' }),
    'a LiveKit token': jws(HS256, { ...claims, video: { roomJoin: true, room: 'channel-abc123' } }),
    "a LiveKit token of LiveKit's SDK": livekitToken(),
    'a LiveKit token without grants': userToken('user-456', { iss: 'devkey' }),
    '16 kB': userToken('user-456', { padding: 'x'.repeat(11_000) }, 'another secret'),
  };
  for (const [what, token] of Object.entries(tokens)) {
    test(what, async () => {
      const value = await (typeof token === 'function' ? token() : token);
      await assertUnauthorized(bearer(value), { what });
    });
  }
  test('a token of 90 kB', async () => {
    const token = userToken('user-456', { padding: 'x'.repeat(65_000) }, 'another secret');
    if (platform === 'workerd-d1') return assertUnauthorized(bearer(token));
    // Node and Deno themselves refuse a header of this size.
    const { status } = await ask(bearer(token));
    assert.ok(status === 431 || status === 400, `${status}`);
  });
  test('the valid token that the invalid ones are made from is accepted', () =>
    assertIdentity(bearer(good), 'user-456'));
});

test('a token of this endpoint is not a user token, even if one secret signs both', async () => {
  const settings = { LIVEKIT_API_SECRET: JWT_SECRET };
  const { token } = assertToken(await ask(bearer(userToken('user-456')), settings));
  await assertUnauthorized(bearer(token), { settings });
});

test('unknown claims change nothing, nor does a forged role', async () => {
  for (const extra of [{ role: 'OWNER' }, { role: 7 }, { iss: 'x', aud: ['y'] }, { iat: undefined }, { nbf: now() }]) {
    const token = userToken('user-stranger', extra);
    assert.equal((await endpoint.get('/health', { as: null, headers: bearer(token) })).status, 200);
    assert.equal((await ask(bearer(token))).status, 403, JSON.stringify(extra));
  }
  await assertIdentity(bearer(userToken('user-456', { jti: undefined })), 'user-456');
});

test('a banned user gets 401 Account has been banned', async () => {
  await assertUnauthorized(bearer(userToken('user-banned')), { text: BANNED });
});

test('a revoked token is 401 Token has been revoked; another token of the user is accepted', async () => {
  await endpoint.database.insert('RevokedToken', { jti: 'revoked-jti', expiresAt: now() + 60 });
  await assertUnauthorized(bearer(userToken('user-456', { jti: 'revoked-jti' })), { text: REVOKED });
  await assertUnauthorized(bearer(userToken('user-banned', { jti: 'revoked-jti' })), { text: REVOKED });
  await assertIdentity(bearer(userToken('user-456', { jti: 'Revoked-JTI' })), 'user-456');
  const forged = userToken('user-456', { jti: 'revoked-jti' }, 'another secret');
  await assertUnauthorized(bearer(forged), { text: UNAUTHORIZED });
});

test('JWT_ISSUER and JWT_AUDIENCE, if set, must match the token', async () => {
  const settings = { JWT_ISSUER: 'kraken', JWT_AUDIENCE: 'livekit-edge' };
  for (const aud of ['livekit-edge', ['other', 'livekit-edge']]) {
    await assertIdentity(bearer(userToken('user-456', { iss: 'kraken', aud })), 'user-456', settings);
  }
  for (const claims of [
    {},
    { iss: 'kraken' },
    { aud: 'livekit-edge' },
    { iss: 'Kraken', aud: 'livekit-edge' },
    { iss: ['kraken'], aud: 'livekit-edge' },
    { iss: 'kraken', aud: 'livekit' },
    { iss: 'kraken', aud: [] },
    { iss: 'kraken', aud: ['other'] },
    { iss: 'kraken', aud: { 'livekit-edge': true } },
  ]) {
    const headers = bearer(userToken('user-456', claims));
    await assertUnauthorized(headers, { what: JSON.stringify(claims), settings });
  }
  const blank = { JWT_ISSUER: '', JWT_AUDIENCE: ' ' };
  await assertIdentity(bearer(userToken('user-456')), 'user-456', blank);
});

test('without JWT_SECRET every token is 401, also one that is signed with an empty secret', async () => {
  for (const secret of [null, '', ' ', 7]) {
    for (const key of ['', ' ', 'null', 'undefined', '7', JWT_SECRET]) {
      await assertUnauthorized(bearer(userToken('user-456', {}, key)), { settings: { JWT_SECRET: secret } });
    }
  }
});
