// Verified claims: which are required, when a token is valid, and the type of each claim.
import assert from 'node:assert/strict';
import { afterEach, mock, suite, test } from 'node:test';
import { TokenVerifier } from 'livekit-edge';
import { KEY, now, refusedToken, SECRET, sign, tokenOf, untyped } from './support.ts';

const verifier = new TokenVerifier(KEY, SECRET);
const MISSING = 'token claims are missing or of the wrong type';
afterEach(() => mock.timers.reset());

function assertRefused(token: string, reason: string | undefined, message?: string): void {
  assert.throws(() => verifier.verifySync(token), refusedToken(reason, message));
}

suite('required', () => {
  test('exp', () => {
    for (const exp of [undefined, null]) assertRefused(tokenOf({ exp }), 'claims', MISSING);
  });
  test('iss', () => {
    for (const iss of [undefined, null]) assertRefused(tokenOf({ iss }), 'claims', MISSING);
    for (const iss of ['', 'DEVKEY', 'devkey ', 'another'])
      assertRefused(tokenOf({ iss }), 'issuer', 'token has another issuer');
    assertRefused(tokenOf({ iss: [KEY] }), undefined, 'iss must be a well-formed string');
  });
  test('no other claim', () => {
    const claims = { iss: KEY, exp: now() + 60 };
    assert.deepEqual(verifier.verifySync(sign(JSON.stringify(claims))), claims);
    assert.ok(verifier.verifySync(tokenOf({ nbf: null, sub: null, video: null, kind: null, roomConfig: null })));
  });
});

suite('times', () => {
  const NAMES = ['exp', 'nbf', 'iat'];
  for (const name of NAMES) {
    const withTime = (time: string) =>
      sign(JSON.stringify({ iss: KEY, exp: now() + 60, nbf: now(), [name]: 'TIME' }).replace('"TIME"', time));

    test(`${name} must be a number from 0 up`, () => {
      for (const time of [
        '"9999999999"',
        '"1"',
        '-1',
        '-0.5',
        '-1e3',
        'true',
        '{}',
        '[]',
        '9007199254740992',
        '99999999999999999999',
        '1e30',
      ]) {
        assertRefused(withTime(time), undefined, `${name} must be whole seconds`);
      }
      assertRefused(withTime('1e999'), 'claims', MISSING);
    });

    test(`a fraction of ${name} is rounded down`, () => {
      mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 });
      const strict = new TokenVerifier(KEY, SECRET, { refuseFutureIat: true });
      const [first, refused] = name === 'exp' ? [now() - 9, 'expired'] : [now() + 10, 'not_yet_valid'];
      const last = name === 'exp' ? first - 1 : first + 1;
      for (const time of [`${first}`, `${first}.0`, `${first}.999`, `${first / 1e9}e9`]) {
        assert.ok(strict.verifySync(withTime(time)), time);
      }
      for (const time of [`${last}`, `${last}.0`, `${last}.999`, `${last / 1e9}e9`]) {
        assert.throws(() => strict.verifySync(withTime(time)), refusedToken(refused), time);
      }
    });
  }

  test('are checked to the second', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 });
    const tolerance = 10;
    const at = now();
    for (const exp of [at - tolerance, at - 3600, 0]) assertRefused(tokenOf({ exp }), 'expired', 'token has expired');
    for (const exp of [at - tolerance + 1, at, 2 ** 53 - 1]) {
      assert.ok(verifier.verifySync(sign(`{"iss":"${KEY}","exp":${exp}}`)));
    }
    for (const nbf of [at + tolerance + 1, at + 3600])
      assertRefused(tokenOf({ nbf }), 'not_yet_valid', 'token is not valid yet');
    for (const nbf of [at + tolerance, at, 0]) assert.ok(verifier.verifySync(tokenOf({ nbf })));
  });

  test('an iat in the future is refused on request', () => {
    const strict = new TokenVerifier(KEY, SECRET, { refuseFutureIat: true });
    const future = tokenOf({ iat: now() + 3600 });
    assert.ok(verifier.verifySync(future));
    assert.throws(() => strict.verifySync(future), refusedToken('not_yet_valid'));
    assert.ok(strict.verifySync(future, '1h'));
    for (const iat of [undefined, 0, now(), now() + 5]) assert.ok(strict.verifySync(tokenOf({ iat })));
    for (const option of [false, undefined, 1, 'true']) {
      assert.ok(new TokenVerifier(KEY, SECRET, { refuseFutureIat: untyped(option) }).verifySync(future));
    }
  });
});

suite('clockTolerance', () => {
  const expired = (secondsAgo: number) => tokenOf({ exp: now() - secondsAgo });
  const invalid = {
    name: 'LivekitException',
    status: 400,
    code: 'invalid_clock_tolerance',
    message: 'clockTolerance must be a number of seconds or a duration such as "1m", at most one day',
  };

  test('is ten seconds by default', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 });
    for (const tolerance of [undefined, 10, '10s', 10.9]) {
      assert.ok(verifier.verifySync(expired(9), tolerance));
      assert.throws(() => verifier.verifySync(expired(10), tolerance), refusedToken('expired'));
    }
  });

  test('is a number of seconds or a duration', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 });
    for (const tolerance of [60, '1m', '1 minute', '60s', '+60 seconds']) {
      assert.ok(verifier.verifySync(expired(59), tolerance));
      assert.throws(() => verifier.verifySync(expired(60), tolerance), refusedToken('expired'));
    }
    for (const tolerance of [0, -0, '0s']) {
      assert.ok(verifier.verifySync(expired(-1), tolerance));
      assert.throws(() => verifier.verifySync(expired(0), tolerance), refusedToken('expired'));
    }
  });

  for (const tolerance of [
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    'abc',
    '',
    '10',
    '-5m',
    '5m ago',
    null,
    true,
    {},
    [],
    10n,
    () => 10,
  ]) {
    test(`refuses ${typeof tolerance} ${typeof tolerance === 'object' ? JSON.stringify(tolerance) : String(tolerance)}`, async () => {
      assert.throws(() => verifier.verifySync(tokenOf(), untyped(tolerance)), invalid);
      await assert.rejects(verifier.verify(tokenOf(), untyped(tolerance)), invalid);
    });
  }
});

suite('claims must have their types', () => {
  const WRONG: [claim: string, what: string, values: unknown[]][] = [
    ...['sub', 'name', 'metadata', 'kind', 'sha256', 'roomPreset', 'jti'].map(
      (claim) => [claim, 'a well-formed string', [42, true, {}, ['a']]] as [string, string, unknown[]],
    ),
    ['attributes', 'an object of strings', ['a', [], { a: 1 }, { a: null }, { a: {} }]],
    ['kindDetails', 'a list of strings', ['forwarded', {}]],
    ['roomConfig', 'an object', ['lobby', [], 1]],
    ...['video', 'sip', 'agent', 'agentEndpoint', 'agentThread', 'inference', 'observability'].map(
      (claim) => [claim, 'an object', [[], 'a', true, 1]] as [string, string, unknown[]],
    ),
  ];
  for (const [claim, what, values] of WRONG) {
    test(claim, () => {
      for (const value of values) assertRefused(tokenOf({ [claim]: value }), undefined, `${claim} must be ${what}`);
    });
  }

  test('grants', () => {
    const video = (member: string, value: unknown) => tokenOf({ video: { [member]: value } });
    for (const value of ['true', 1, {}, []])
      assertRefused(video('roomJoin', value), undefined, 'video.roomJoin must be a boolean');
    assertRefused(video('room', 1), undefined, 'video.room must be a well-formed string');
    const sources = 'video.canPublishSources must be a list of track sources';
    for (const value of ['camera', [1], [null], {}])
      assertRefused(video('canPublishSources', value), undefined, sources);
    assert.deepEqual(verifier.verifySync(video('canPublishSources', [])).video, { canPublishSources: [] });
  });

  test('a room configuration', () => {
    const config = (roomConfig: object) => tokenOf({ roomConfig });
    assertRefused(
      config({ emptyTimeout: -1 }),
      undefined,
      'roomConfig.emptyTimeout must be an integer from 0 to 4294967295',
    );
    const both = { egress: { tracks: { s3: {}, gcp: {} } } };
    assertRefused(
      config(both),
      undefined,
      'roomConfig.egress.tracks.gcp is set twice, or together with a field that excludes it',
    );
    const secret = { egress: { tracks: { s3: { secret: 'x' } } } };
    assert.deepEqual(verifier.verifySync(config(secret)).roomConfig, secret);
  });
});

suite('claims that only a newer LiveKit knows do not make a token invalid', () => {
  const NEWER: Record<string, Record<string, unknown>> = {
    'a claim': { tomorrow: { a: 1 } },
    'a grant': { video: { canFly: true } },
    'a kind': { kind: 'robot', kindDetails: ['hologram', 'forwarded'] },
    'a field of the room configuration': { roomConfig: { gravity: 1, agents: [{ speed: 2 }] } },
    'a name in the room configuration': { roomConfig: { egress: { participant: { preset: 'H266_8K' } } } },
    'a number in the room configuration': { roomConfig: { agents: [{ restartPolicy: 7 }] } },
  };
  for (const [what, claims] of Object.entries(NEWER)) {
    test(what, () => {
      const { iss: _, sub: __, exp: ___, nbf: ____, ...rest } = verifier.verifySync(tokenOf(claims));
      assert.deepEqual(rest, claims);
    });
  }
});

test('an unknown source is refused, because leaving it out could leave an empty list, which means all', () => {
  const token = tokenOf({ video: { canPublishSources: ['hologram'] } });
  assertRefused(token, undefined, 'video.canPublishSources is not a name that LiveKit knows');
});

test("very many attributes within the server's limit are accepted", () => {
  const attributes = Object.fromEntries(Array.from({ length: 4096 }, (_, index) => [String(index), 'some text']));
  assert.deepEqual(verifier.verifySync(tokenOf({ attributes })).attributes, attributes);
});
