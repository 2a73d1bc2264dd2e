/** Services of one process share nothing: neither configuration, keys nor results. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { inspect } from 'node:util';
import { AccessToken, generateToken, type LivekitConfig, LivekitException, LivekitService } from 'livekit-edge';
import { claimsOf, isSignedWith } from '../support/livekit-token.ts';

const CONFIG = { apiKey: 'api-key', apiSecret: 'hunter2', url: 'wss://livekit.example.com' };
const REQUEST = { roomId: 'room', identity: 'user' };

test('a configuration is copied, so later changes have no effect', () => {
  const config: LivekitConfig = { ...CONFIG };
  const service = new LivekitService(config);
  Object.assign(config, { apiKey: 'evil', apiSecret: 'evil', url: 'wss://evil', tokenTtl: 1, jti: true });
  const { token, url } = service.generateToken(REQUEST);
  assert.deepEqual([claimsOf(token).iss, url], ['api-key', CONFIG.url]);
  assert.ok(isSignedWith(token, 'hunter2'));
  service.dispose();
  assert.ok(isSignedWith(service.generateToken(REQUEST).token, 'hunter2'));

  const frozen = Object.freeze({ ...REQUEST });
  assert.equal(generateToken(frozen, Object.freeze({ ...CONFIG })).identity, 'user');
});

test("a result is the caller's, so changes of it have no effect", () => {
  const service = new LivekitService(CONFIG);
  Object.assign(service.generateToken(REQUEST), { url: 'x' }).expiresAt.setTime(0);
  Object.assign(service.getConnectionInfo(), { url: 'x' });
  assert.equal(service.getConnectionInfo().url, CONFIG.url);
  assert.equal(service.generateToken(REQUEST).url, CONFIG.url);
});

test('two services keep their keys apart', () => {
  const services = ['one', 'two'].map((name) => {
    return new LivekitService({ apiKey: `key-${name}`, apiSecret: `secret-${name}`, url: `wss://${name}` });
  });
  for (let round = 0; round < 50; round++) {
    const service = services[round % 2] ?? assert.fail();
    const name = ['one', 'two'][round % 2];
    if (round % 7 === 0) services[(round + 1) % 2]?.dispose();
    const { token, url } = service.generateToken({ roomId: `room-${round}`, identity: `user-${round}` });
    assert.ok(isSignedWith(token, `secret-${name}`));
    assert.deepEqual(
      [claimsOf(token).iss, url, claimsOf(token).sub],
      [`key-${name}`, `wss://${name}`, `user-${round}`],
    );
  }
});

test('access tokens of several keys in turn are each signed with their own key', () => {
  const credentials = [
    ['key', 'secret-one'],
    ['key', 'secret-two'],
    ['key', 'secret-on'],
    ['other', 'secret-one'],
  ] as const;
  const sign = ([apiKey, apiSecret]: (typeof credentials)[number]) => {
    const token = new AccessToken(apiKey, apiSecret, { identity: 'user' }).toJwtSync();
    assert.equal(claimsOf(token).iss, apiKey);
    assert.ok(isSignedWith(token, apiSecret));
  };
  for (let round = 0; round < 20; round++) {
    for (const one of credentials) for (let again = 0; again <= round % 2; again++) sign(one);
  }
  // A clock that signs another token.
  const [one, two] = credentials;
  let nested = 0;
  const clock = mock.method(Date, 'now', () => {
    if (nested++ === 0) sign(two);
    return 1_790_000_000_000;
  });
  try {
    sign(one);
  } finally {
    clock.mock.restore();
  }
  assert.ok(nested > 1);
  sign(one);
  sign(two);
});

test('a thousand services work, whether they are kept, disposed of or collected', () => {
  const kept: LivekitService[] = [];
  for (let number = 0; number < 1000; number++) {
    const service = new LivekitService({ apiKey: `key-${number}`, apiSecret: `secret-${number}` });
    assert.ok(isSignedWith(service.generateToken(REQUEST).token, `secret-${number}`));
    if (number % 3 === 0) kept.push(service);
    else if (number % 3 === 1) service.dispose();
  }
  for (const [at, service] of kept.entries()) {
    const { token } = service.generateToken(REQUEST);
    assert.equal(claimsOf(token).iss, `key-${at * 3}`);
    assert.ok(isSignedWith(token, `secret-${at * 3}`));
    service.dispose();
    service.dispose();
  }
});

test('no error and no printed service shows the secret', () => {
  const service = new LivekitService(CONFIG);
  service.generateToken(REQUEST);
  assert.doesNotMatch(inspect(service, { depth: 9, showHidden: true }) + JSON.stringify(service), /hunter2/);
  for (const request of [{}, { roomId: 'hunter3\u0000' }, { roomId: 7, identity: 'hunter3' }]) {
    assert.throws(
      () => service.generateToken(request as typeof REQUEST),
      (error: Error) =>
        error instanceof LivekitException &&
        !/hunter/.test(inspect(error, { depth: 9, showHidden: true }) + error.stack),
    );
  }
});

test('properties that every object inherits are not settings', () => {
  const polluted = Object.prototype as Record<string, unknown>;
  polluted.canUpdateOwnMetadata = true;
  try {
    const { token } = generateToken({ roomId: 'r', identity: 'i' }, { apiKey: 'devkey', apiSecret: 'secret' });
    assert.ok(!Object.hasOwn(claimsOf(token).video, 'canUpdateOwnMetadata'));
  } finally {
    delete polluted.canUpdateOwnMetadata;
  }
});
