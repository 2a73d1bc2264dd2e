/** Hostile arguments: cycles, bodies that change, inherited options. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  AccessToken,
  LivekitException,
  TokenVerifier,
  trackSourceToString,
  validateClaims,
  WebhookReceiver,
} from 'livekit-edge';

const KEYS = ['devkey', 'secret'] as const;
const untyped = (value: unknown) => value as never;
const claimsOf = (token: string) => new TokenVerifier(...KEYS).verifySync(token);
const refused = (code: string) => (error: unknown) => error instanceof LivekitException && error.code === code;

test('values with many references to themselves end at once', () => {
  const user: Record<string, unknown> = { id: 1 };
  user.posts = Array.from({ length: 8 }, (_, id) => ({ id, user }));
  let shared: Record<string, unknown> = {};
  for (let depth = 0; depth < 30; depth++) shared = { a: shared, b: shared };
  for (const metadata of [user, shared, Array(1e8)]) {
    const token = new AccessToken(...KEYS, { metadata: untyped(metadata) });
    assert.throws(() => token.toJwtSync(), refused('invalid_claim'));
  }
});

test('an error of a getter or toJson() is the cause of the exception', () => {
  const cause = new Error('of the caller');
  const fail = () => {
    throw cause;
  };
  const getter = (name: string) => untyped(Object.defineProperty({}, name, { get: fail, enumerable: true }));
  const expected = { name: 'LivekitException', status: 400, code: 'invalid_claim', cause };
  const token = new AccessToken(...KEYS);
  assert.throws(() => token.addGrant(getter('canPublish')), expected);
  for (const roomConfig of [getter('name'), untyped({ toJson: fail }), untyped({ agents: [getter('agentName')] })]) {
    token.roomConfig = roomConfig;
    assert.throws(() => token.toJwtSync(), expected);
    assert.throws(() => validateClaims({ roomConfig }), expected);
  }
  token.roomConfig = undefined;
  assert.ok(token.toJwtSync());
});

test('null options count as unset', () => {
  assert.ok(new AccessToken(...KEYS, untyped(null)).toJwtSync());
  assert.ok(new TokenVerifier(...KEYS, null));
  assert.ok(new WebhookReceiver(...KEYS, null));
});

test('an inherited property is not an option', () => {
  const polluted = Object.prototype as Record<string, unknown>;
  Object.assign(polluted, { identity: 'admin', ttl: '100y', allowSensitiveCredentials: true });
  try {
    const token = new AccessToken(...KEYS, {});
    token.roomConfig = { egress: { tracks: { s3: { secret: 'x' } } } };
    assert.throws(() => token.toJwtSync(), refused('invalid_claim'));
    token.roomConfig = undefined;
    const { sub, exp } = claimsOf(token.toJwtSync());
    assert.deepEqual([sub, (exp ?? 0) - Date.now() / 1000 < 21_601], [undefined, true]);
  } finally {
    for (const name of ['identity', 'ttl', 'allowSensitiveCredentials']) delete polluted[name];
  }
});

test('a later empty grant lifts no restriction', () => {
  for (const nothing of [null, undefined]) {
    const token = new AccessToken(...KEYS, { identity: 'i' });
    token.addGrant({ canPublish: false, canPublishSources: ['camera'] });
    token.addGrant(untyped({ canPublish: nothing, canPublishSources: nothing }));
    assert.deepEqual(claimsOf(token.toJwtSync()).video, { canPublish: false, canPublishSources: ['camera'] });
  }
  const wrong = new AccessToken(...KEYS);
  wrong.addGrant(untyped(5));
  wrong.addGrant({ roomList: true });
  assert.throws(() => wrong.toJwtSync(), refused('invalid_claim'));
});

test('a password in a URL is a credential', () => {
  const file = (s3: object) => ({ egress: { room: { fileOutputs: [{ s3 }] } } });
  for (const [config, isRefused] of [
    [file({ proxy: { url: 'http://user:pass@proxy:3128' } }), true],
    [file({ endpoint: 'https://key@storage.example' }), true],
    [{ egress: { room: { customBaseUrl: 'https://user:pass@page.example/x' } } }, true],
    [file({ proxy: { url: 'http://proxy:3128/a@b' } }), false],
    [file({ endpoint: 'https://storage.example?mail=a@b' }), false],
  ] as const) {
    const token = new AccessToken(...KEYS);
    token.roomConfig = config;
    if (isRefused) assert.throws(() => token.toJwtSync(), /contains a credential/);
    else assert.ok(token.toJwtSync());
  }
});

test('a body with a wrong length is checked as it is read', () => {
  class Longer extends Uint8Array {
    override get length(): number {
      return 40;
    }
  }
  const body = new Longer(new TextEncoder().encode('{"event":"a"}'));
  const signed = Buffer.concat([Buffer.from('{"event":"a"}'), Buffer.alloc(27)]);
  const token = new AccessToken(...KEYS, {});
  token.sha256 = createHash('sha256').update(signed).digest('base64');
  assert.throws(() => new WebhookReceiver(...KEYS).receiveSync(body, token.toJwtSync()), refused('invalid_token'));
});

test('bodies that are not bytes, tokens that are too long, and sources that are names of methods are refused', () => {
  const receiver = new WebhookReceiver(...KEYS);
  const detached = new Uint8Array(8);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  for (const body of [
    new Proxy(new Uint8Array(3), {}),
    Object.create(Uint8Array.prototype),
    new Uint16Array(2),
    {},
    null,
  ]) {
    assert.throws(() => receiver.receiveSync(untyped(body), 'x'), refused('invalid_webhook'));
  }
  assert.throws(() => receiver.receiveSync(detached, 'x'), LivekitException);
  assert.throws(() => new TokenVerifier(...KEYS).verifySync('\0'.repeat(1e8)), refused('invalid_token'));
  for (const name of ['constructor', 'toString', '1']) {
    assert.throws(() => trackSourceToString(untyped(name)), refused('invalid_claim'));
  }
});
