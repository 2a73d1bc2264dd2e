// Key and secret: a missing, blank or non-string one neither signs nor verifies.
import assert from 'node:assert/strict';
import { afterEach, suite, test } from 'node:test';
import { AccessToken, TokenVerifier, WebhookReceiver } from 'livekit-edge';
import { claimsOf, KEY, SECRET, untyped } from './support.ts';

const CONSTRUCTORS = { AccessToken, TokenVerifier, WebhookReceiver };
const NAMES = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'];

const notConfigured = {
  name: 'LivekitException',
  status: 500,
  code: 'not_configured',
  message: 'api-key and api-secret must be set',
};

afterEach(() => {
  for (const name of NAMES) delete process.env[name];
});
const setEnvironment = (key: string, secret: string) =>
  Object.assign(process.env, { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret });

/** Invalid keys and secrets. */
const NONE = {
  'an empty text': '',
  blanks: ' \t\r\n',
  'other blanks': '\u00a0\u2003\ufeff',
  'a number': 12345,
  zero: 0,
  true: true,
  false: false,
  'an object': {},
  'a list': [SECRET],
  'a text object': new String(SECRET),
  bytes: new TextEncoder().encode(SECRET),
  'a function': () => SECRET,
  'a symbol': Symbol(SECRET),
  'a bigint': 12345n,
  'half a surrogate pair': '\ud83d',
};

for (const [name, Class] of Object.entries(CONSTRUCTORS)) {
  suite(name, () => {
    for (const [what, value] of Object.entries(NONE)) {
      test(`refuses ${what}, whatever the environment contains`, () => {
        setEnvironment(KEY, SECRET);
        assert.throws(() => new Class(untyped(value), SECRET), notConfigured);
        assert.throws(() => new Class(KEY, untyped(value)), notConfigured);
        assert.throws(() => new Class(untyped(value), untyped(value)), notConfigured);
      });
    }

    test('accepts any string that is not blank', () => {
      for (const text of ['a', ' a ', '\u0000', 'ключ', '🦀', 'a'.repeat(10_000)]) assert.ok(new Class(text, text));
    });

    test('needs both', () => {
      for (const absent of [undefined, null]) {
        assert.throws(() => new Class(untyped(absent), SECRET), notConfigured);
        assert.throws(() => new Class(KEY, untyped(absent)), notConfigured);
        assert.throws(() => new Class(untyped(absent), untyped(absent)), notConfigured);
      }
    });
  });
}

suite('the environment', () => {
  test('is used by AccessToken for undefined arguments', () => {
    setEnvironment(KEY, SECRET);
    assert.equal(claimsOf(new AccessToken().toJwtSync()).iss, KEY);
    assert.equal(claimsOf(new AccessToken('another').toJwtSync()).iss, 'another');
    const token = new AccessToken(undefined, 'another').toJwtSync();
    assert.equal(new TokenVerifier(KEY, 'another').verifySync(token).iss, KEY);
  });

  test('is not used by the verifiers', () => {
    setEnvironment(KEY, SECRET);
    for (const Class of [TokenVerifier, WebhookReceiver]) {
      assert.throws(() => new Class(untyped(undefined), untyped(undefined)), notConfigured);
      assert.throws(() => new Class(KEY, untyped(undefined)), notConfigured);
    }
  });

  for (const [key, secret] of [
    ['', ''],
    ['', SECRET],
    [KEY, ''],
    [' ', SECRET],
    [KEY, '\n'],
  ] as const) {
    test(`must have both: ${JSON.stringify([key, secret && 'secret'])}`, () => {
      setEnvironment(key, secret);
      assert.throws(() => new AccessToken(), notConfigured);
    });
  }

  test('is read when the token is created', () => {
    setEnvironment(KEY, SECRET);
    const at = new AccessToken();
    setEnvironment('another', 'another');
    assert.ok(new TokenVerifier(KEY, SECRET).verifySync(at.toJwtSync()));
  });
});

test('neither key nor secret is visible', () => {
  for (const made of [new AccessToken(KEY, SECRET), new TokenVerifier(KEY, SECRET), new WebhookReceiver(KEY, SECRET)]) {
    assert.doesNotMatch(
      JSON.stringify([made, Object.entries(made), Object.getOwnPropertyNames(made)]),
      /devkey|secret/,
    );
  }
});

test('unknown options are ignored, and options are not changed', () => {
  const options = Object.freeze({ identity: 'alice', attributes: Object.freeze({ a: 'b' }) });
  const at = new AccessToken(KEY, SECRET, options);
  at.attributes = { c: 'd' };
  at.toJwtSync();
  assert.deepEqual(options, { identity: 'alice', attributes: { a: 'b' } });
});
