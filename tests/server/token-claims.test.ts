/** The LiveKit token: parsed by hand, and verified by LiveKit's own SDK. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { assertError, assertToken, badRequest } from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { claimsOf, decode, fullGrant, isSignedWith } from '../support/livekit-token.ts';
import { now } from '../support/user-token.ts';

const API_KEY = 'devkey';
const API_SECRET = 'secret';
const ROOM = 'channel-abc123';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());

async function mint(body: Record<string, unknown> = {}, asking: Asking = {}) {
  const answer = assertToken(await endpoint.token({ roomId: ROOM, ...body }, asking));
  return { ...answer, ...decode(answer.token) };
}

/** The lifetime of the token, by `exp`, `nbf` and `expiresAt`, which must agree. */
async function life(settings: Record<string, unknown>, body: Record<string, unknown> = {}): Promise<number> {
  const { claims, expiresAt } = await mint(body, { settings });
  assert.equal(expiresAt, new Date(claims.exp * 1000).toISOString());
  return claims.exp - claims.nbf;
}

test('row 21: it is signed HS256 with LIVEKIT_API_SECRET: the tag is the HMAC of the first two parts', async () => {
  for (const [secret, settings] of [
    [API_SECRET, {}],
    ['another secret, of more than 32 bytes – and not ASCII', undefined],
    ['x'.repeat(200), undefined],
  ] as const) {
    const { token } = await mint({}, { settings: settings ?? { LIVEKIT_API_SECRET: secret } });
    assert.ok(isSignedWith(token, secret), secret);
  }
});

test("rows 21-28: LiveKit's own verifier accepts the token and reads the requested values", async () => {
  const { token } = await mint({ identity: 'custom-identity', name: 'Zoë 🎤', ttl: 60 });
  const claims = await new TokenVerifier(API_KEY, API_SECRET).verify(token);
  assert.equal(claims.sub, 'custom-identity');
  assert.equal(claims.name, 'Zoë 🎤');
  assert.deepEqual(claims.video, fullGrant(ROOM));
  assert.equal(claims.iss, API_KEY);
  await assert.rejects(new TokenVerifier(API_KEY, 'not the secret').verify(token));
  await assert.rejects(new TokenVerifier('not the key', API_SECRET).verify(token));
});

test('rows 21-27: the claims are exactly these, in this order; a full grant has no sources', async () => {
  const before = now();
  const { payload, claims } = await mint({ name: 'Alice' });
  assert.ok(claims.nbf >= before && claims.nbf <= now(), `${claims.nbf}`);
  const { room, ...may } = fullGrant(ROOM);
  // The claims that all tokens of a service and a second share come first.
  const video = JSON.stringify({ ...may, room });
  const [nbf, exp] = [`"nbf":${claims.nbf}`, `"exp":${claims.nbf + 3600}`];
  assert.equal(payload, `{"iss":"devkey",${nbf},"video":${video},${exp},"sub":"user-456","name":"Alice"}`);
});

test('row 28: every user who may join gets the same grant', async () => {
  const [alice, moderator, owner] = await Promise.all(
    ['user-456', 'user-mod', 'user-owner'].map((as) => mint({}, { as })),
  );
  for (const minted of [alice, moderator, owner]) assert.deepEqual(minted?.claims.video, fullGrant(ROOM));
  assert.deepEqual([moderator?.claims.sub, owner?.claims.sub], ['user-mod', 'user-owner']);
});

test('row 29: every request gets a new token', async () => {
  const first = await mint();
  while (now() <= first.claims.nbf) await new Promise((wake) => setTimeout(wake, 20));
  const second = await mint();
  assert.ok(second.claims.nbf > first.claims.nbf);
  assert.ok(second.claims.exp > first.claims.exp);
  assert.notEqual(second.token, first.token);
  const settings = { LIVEKIT_API_KEY: 'rotated', LIVEKIT_API_SECRET: 'rotated secret' };
  const rotated = await mint({}, { settings });
  assert.equal(rotated.claims.iss, 'rotated');
  await new TokenVerifier('rotated', 'rotated secret').verify(rotated.token);
});

test('row 29: concurrent requests of two environments each get a token of their own environment', async () => {
  const mints = Array.from({ length: 40 }, async (_, at) => {
    const settings = {
      LIVEKIT_API_KEY: `key-${at % 3}`,
      LIVEKIT_API_SECRET: `secret-${at % 3}`,
      LIVEKIT_URL: `wss://${at % 3}`,
    };
    const { token, url, claims } = await mint({ identity: `free-${at}` }, { settings });
    assert.deepEqual([claims.iss, url, claims.sub], [settings.LIVEKIT_API_KEY, settings.LIVEKIT_URL, `free-${at}`]);
    assert.ok(isSignedWith(token, settings.LIVEKIT_API_SECRET));
  });
  await Promise.all(mints);
});

test('row 30: the token can be used in a URL without encoding', async () => {
  const { token } = await mint({ name: 'ÿ?>~'.repeat(20) });
  assert.equal(encodeURIComponent(token), token);
});

test('row 31: the token begins like the sample, alg before typ', async () => {
  const { token, header } = await mint();
  assert.ok(token.startsWith('eyJhbGciOiJIUzI1NiIs'));
  assert.equal(header, '{"alg":"HS256","typ":"JWT"}');
});

test('rows 15, 18, 36: ttl is the lifetime in integer seconds, in exp and in expiresAt', async () => {
  for (const [ttl, expected] of [
    [7200, 7200],
    [1, 1],
    [1.5, 1],
    [59.999, 59],
    [86_400, 86_400],
    [6e1, 60],
  ] as const) {
    assert.equal(await life({}, { ttl }), expected);
  }
});

test('row 52: LIVEKIT_TOKEN_TTL is the lifetime if the request sets none', async () => {
  for (const [setting, expected] of [
    ['600', 600],
    [' 600 ', 600],
    [600, 600],
    [null, 3600],
    ['', 3600],
    ['0', 3600],
    ['-5', 3600],
    ['1.5', 3600],
    ['1h', 3600],
    ['NaN', 3600],
    ['Infinity', 3600],
    ['100000', 86_400],
  ] as const) {
    const settings = { LIVEKIT_TOKEN_TTL: setting };
    assert.equal(await life(settings), expected, `${setting}`);
    assert.equal(await life(settings, { ttl: null }), expected, `${setting}`);
    assert.equal(await life(settings, { ttl: 30 }), 30, `${setting}`);
  }
});

test('W3, W4: the lifetime is at most LIVEKIT_MAX_TTL, by default 86400', async () => {
  for (const [setting, max] of [
    [null, 86_400],
    ['', 86_400],
    ['0', 86_400],
    ['forever', 86_400],
    ['60', 60],
    [60, 60],
    ['200000', 200_000],
    ['4294967295', 2 ** 32 - 1],
    ['9007199254740991', 2 ** 32 - 1],
  ] as const) {
    const settings = { LIVEKIT_MAX_TTL: setting };
    assert.equal(await life(settings, { ttl: max }), max, `${setting}`);
    assert.equal(await life(settings), Math.min(max, 3600), `${setting}`);
    for (const ttl of [max + 1, 1e13, 1e300]) {
      const answer = await endpoint.token({ roomId: ROOM, ttl }, { settings });
      assertError(answer, badRequest([`ttl must not be greater than ${max}`]), `${setting} ${ttl}`);
    }
  }
});

test('LIVEKIT_TOKEN_JTI gives every token 16 random bytes as jti, which the response does not have', async () => {
  const seen = new Set<string>();
  for (const setting of ['true', '1', true, 1]) {
    const minted = await mint({ name: 'Zoë' }, { settings: { LIVEKIT_TOKEN_JTI: setting } });
    assert.deepEqual(Object.keys(minted.claims).toSorted(), ['exp', 'iss', 'jti', 'name', 'nbf', 'sub', 'video']);
    assert.deepEqual(Object.keys(minted).slice(0, 5), ['token', 'identity', 'roomId', 'url', 'expiresAt']);
    assert.ok(!('jti' in minted));
    assert.match(minted.claims.jti ?? '', /^[\w-]{22}$/);
    assert.equal(minted.claims.name, 'Zoë');
    seen.add(minted.claims.jti ?? '');
  }
  assert.equal(seen.size, 4);
  for (const setting of [null, '', 'false', '0', 'yes', false]) {
    const { claims } = await mint({}, { settings: { LIVEKIT_TOKEN_JTI: setting } });
    assert.equal(claims.jti, undefined, `${setting}`);
  }
});

test('W2: LIVEKIT_CAN_UPDATE_OWN_METADATA lets participants change their name, and is off by default', async () => {
  for (const [setting, expected] of [
    [null, fullGrant(ROOM)],
    ['', fullGrant(ROOM)],
    ['false', fullGrant(ROOM)],
    ['TRUE', fullGrant(ROOM)],
    ['true', { ...fullGrant(ROOM), canUpdateOwnMetadata: true }],
    ['1', { ...fullGrant(ROOM), canUpdateOwnMetadata: true }],
  ] as const) {
    const { claims } = await mint({}, { settings: { LIVEKIT_CAN_UPDATE_OWN_METADATA: setting } });
    assert.deepEqual(claims.video, expected, `${setting}`);
  }
});

test("W1: with LIVEKIT_IDENTITY_POLICY own, or an unknown value, the identity is always the user's id", async () => {
  for (const policy of ['own', ' own ', 'OWN', 'forced', 'Preserve']) {
    for (const identity of ['custom-identity', 'user-789', 'user-456', undefined]) {
      const { claims, ...answer } = await mint({ identity }, { settings: { LIVEKIT_IDENTITY_POLICY: policy } });
      assert.deepEqual([claims.sub, answer.identity, claims.name], ['user-456', 'user-456', 'user-456'], policy);
    }
  }
  for (const policy of ['preserve', null, '']) {
    const settings = { LIVEKIT_IDENTITY_POLICY: policy };
    assert.equal((await mint({ identity: 'custom-identity' }, { settings })).identity, 'custom-identity');
    assert.equal((await endpoint.token({ roomId: ROOM, identity: 'user-789' }, { settings })).status, 403);
  }
});

test('rows 21, 26: no field of the body becomes a claim', async () => {
  const smuggled = {
    video: { roomAdmin: true, room: 'channel-private-1' },
    VIDEO: { ROOMADMIN: true },
    roomAdmin: true,
    canPublish: false,
    sub: 'user-789',
    Sub: 'user-789',
    iss: 'x',
    exp: 1,
    nbf: 1,
    jti: 'x',
    kind: 'agent',
    metadata: 'x',
    attributes: { a: 'b' },
    url: 'wss://evil.example',
    apiSecret: 'x',
  };
  const { claims, token, ...answer } = await mint(smuggled);
  assert.deepEqual(Object.keys(claims).toSorted(), ['exp', 'iss', 'name', 'nbf', 'sub', 'video']);
  assert.deepEqual(claims.video, fullGrant(ROOM));
  assert.deepEqual([claims.sub, claims.iss, answer.url], ['user-456', 'devkey', 'ws://127.0.0.1:7880']);
  assert.equal(claimsOf(token).exp, claims.nbf + 3600);
});
