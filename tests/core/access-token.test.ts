// AccessToken: the claims in a token, and those that are left out.
import assert from 'node:assert/strict';
import { afterEach, mock, suite, test } from 'node:test';
import { AccessToken, TokenVerifier } from 'livekit-edge';
import { builder, claimsOf, KEY, refusedClaim, SECRET, sign, untyped } from '../sdk/support.ts';

const NOW = 1_790_000_000;
const freeze = () => mock.timers.enable({ apis: ['Date'], now: NOW * 1000 + 999 });
afterEach(() => mock.timers.reset());

test('a token has identity, room, and the times from and until which it is valid', () => {
  freeze();
  assert.deepEqual(claimsOf(builder().toJwtSync()), {
    iss: KEY,
    sub: 'alice',
    nbf: NOW,
    exp: NOW + 21_600,
    video: { roomJoin: true, room: 'lobby' },
  });
});

test('a token is header, payload and tag, as in any JWS', () => {
  const token = builder({ name: 'Zoë 🦀 <b>&\u2028"\\\n\u0000' }).toJwtSync();
  assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]{43}$/);
  assert.equal(token, sign(Buffer.from(token.split('.')[1] ?? '', 'base64url')));
  assert.equal(claimsOf(token).name, 'Zoë 🦀 <b>&\u2028"\\\n\u0000');
});

test('unset and empty values are not written', () => {
  const at = builder({ name: '', metadata: '', attributes: {} }, { roomCreate: false, canPublish: untyped(undefined) });
  Object.assign(at, { kind: undefined, kindDetails: [], sha256: '', roomPreset: '', roomConfig: undefined });
  assert.deepEqual(Object.keys(claimsOf(at.toJwtSync())).sort(), ['exp', 'iss', 'nbf', 'sub', 'video']);
  assert.deepEqual(claimsOf(at.toJwtSync()).video, { roomJoin: true, room: 'lobby' });
});

test('issuer, times and foreign claims cannot be set', () => {
  freeze();
  const at = Object.assign(builder(), {
    iss: 'x',
    exp: 1,
    nbf: 1,
    sub: 'x',
    jti: 'x',
    grants: { kind: 'agent' },
    Kind: 'a',
  });
  assert.deepEqual(Object.keys(claimsOf(at.toJwtSync())).sort(), ['exp', 'iss', 'nbf', 'sub', 'video']);
  assert.equal(claimsOf(at.toJwtSync()).nbf, NOW);
});

test('a token in a page is the same, and nothing is printed', () => {
  const print = mock.method(console, 'error', () => {});
  Object.assign(globalThis, { document: {} });
  try {
    assert.ok(builder().toJwtSync());
    assert.equal(print.mock.callCount(), 0);
  } finally {
    Reflect.deleteProperty(globalThis, 'document');
    print.mock.restore();
  }
});

suite('properties', () => {
  test('count when the token is signed', () => {
    const at = builder({ ttl: '1h', name: 'Nobody' });
    const first = at.toJwtSync();
    Object.assign(at, { identity: 'bob', ttl: 600, name: 'Bob' });
    at.addGrant({ room: 'attic' });
    const second = at.toJwtSync();
    const about = [first, second]
      .map(claimsOf)
      .map(({ sub, name, video, exp = 0, nbf = 0 }) => [sub, name, video?.room, exp - nbf]);
    assert.deepEqual(about, [
      ['alice', 'Nobody', 'lobby', 3600],
      ['bob', 'Bob', 'attic', 600],
    ]);
  });

  test('are the same as options', () => {
    const options = { identity: 'alice', ttl: '1h', name: 'Alice', metadata: 'm', attributes: { a: 'b' } };
    const { identity, ttl, name, metadata, attributes } = new AccessToken(KEY, SECRET, options);
    assert.deepEqual({ identity, ttl, name, metadata, attributes }, options);
  });
});

suite('grants', () => {
  test('are merged, and later fields replace earlier ones', () => {
    const at = builder({}, { canPublish: true, canSubscribe: true });
    at.addGrant({ canPublish: false, canPublishSources: ['camera'] });
    at.addGrant({ canPublishSources: ['microphone'] });
    const video = {
      roomJoin: true,
      room: 'lobby',
      canPublish: false,
      canSubscribe: true,
      canPublishSources: ['microphone'],
    };
    assert.deepEqual(claimsOf(at.toJwtSync()).video, video);
  });

  test('are copied, and not changed', () => {
    const grant = { canPublishSources: [1, 2], canPublish: true };
    const at = builder({}, grant);
    grant.canPublish = false;
    at.toJwtSync();
    assert.equal(claimsOf(at.toJwtSync()).video?.canPublish, true);
    assert.deepEqual(grant, { canPublishSources: [1, 2], canPublish: false });
  });

  test('of one token do not affect another', () => {
    const [one, other] = [new AccessToken(KEY, SECRET), new AccessToken(KEY, SECRET)];
    one.addGrant({ roomList: true });
    assert.equal(claimsOf(other.toJwtSync()).video, undefined);
  });
});

suite('toJwt and toJwtSync', () => {
  test('give the same token', async () => {
    freeze();
    assert.equal(await builder().toJwt(), builder().toJwtSync());
  });

  test('fail in the same way: the promise of toJwt is rejected, and toJwt itself does not throw', async () => {
    const at = new AccessToken(KEY, SECRET, { identity: untyped(42) });
    const promise = at.toJwt();
    await assert.rejects(promise, refusedClaim('identity must be a well-formed string'));
    assert.throws(() => at.toJwtSync(), refusedClaim('identity must be a well-formed string'));
  });

  test('leave the token unchanged when they fail', () => {
    const at = builder({ ttl: 0 });
    assert.throws(() => at.toJwtSync(), { code: 'invalid_ttl' });
    at.ttl = 60;
    assert.ok(new TokenVerifier(KEY, SECRET).verifySync(at.toJwtSync()));
  });
});

test('no error contains an argument', () => {
  const needle = 'n33dle';
  const attempts = [
    builder({ identity: needle.repeat(100) }),
    builder({ attributes: untyped({ [needle]: 1 }) }),
    builder({ ttl: needle }),
    builder({}, untyped({ [needle]: true })),
    builder({}, { canPublishSources: [untyped(needle)] }),
    Object.assign(builder(), { roomConfig: { [needle]: 1, agents: [{ restartPolicy: needle }] } }),
    Object.assign(builder(), { kind: needle }),
  ];
  for (const at of attempts) {
    assert.throws(
      () => at.toJwtSync(),
      (error: Error) => {
        assert.doesNotMatch(`${error} ${error.message} ${JSON.stringify(error)}`, new RegExp(`${needle}|${SECRET}`));
        return true;
      },
    );
  }
});
