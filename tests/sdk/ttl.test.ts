// The TTL of a token: the SDK's numbers and strings, and invalid values.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { AccessToken as SdkToken } from 'livekit-server-sdk';
import { builder, claimsOf, KEY, SECRET, untyped } from './support.ts';

const NOW = 1_790_000_000;
beforeEach(() => mock.timers.enable({ apis: ['Date'], now: NOW * 1000 }));
afterEach(() => mock.timers.reset());

const invalidTtl = {
  name: 'LivekitException',
  status: 400,
  code: 'invalid_ttl',
  message: 'ttl must be from 1 to 4294967295 seconds: a number, or a duration such as "10m"',
};

/** The lifetime in seconds, with `ttl` as an option and as a property. */
function lifeOf(ttl: unknown): number {
  const at = builder();
  at.ttl = untyped(ttl);
  const [option, property] = [builder({ ttl: untyped(ttl) }), at].map((token) => claimsOf(token.toJwtSync()));
  assert.deepEqual(option, property);
  assert.equal(option?.nbf, NOW);
  return (option?.exp ?? 0) - NOW;
}

function assertRefused(ttl: unknown): void {
  const at = builder();
  at.ttl = untyped(ttl);
  assert.throws(() => at.toJwtSync(), invalidTtl);
  assert.throws(() => builder({ ttl: untyped(ttl) }).toJwtSync(), invalidTtl);
}

const UNITS: [names: string[], seconds: number][] = [
  [['s', 'sec', 'secs', 'second', 'seconds'], 1],
  [['m', 'min', 'mins', 'minute', 'minutes'], 60],
  [['h', 'hr', 'hrs', 'hour', 'hours'], 3600],
  [['d', 'day', 'days'], 86_400],
  [['w', 'week', 'weeks'], 604_800],
  [['y', 'yr', 'yrs', 'year', 'years'], 31_557_600],
];

suite('every duration of the SDK', () => {
  for (const [names, seconds] of UNITS) {
    for (const name of names) {
      test(name, async () => {
        for (const unit of [name, name.toUpperCase()]) {
          for (const span of [
            `2${unit}`,
            `2 ${unit}`,
            `+2${unit}`,
            `+ 2 ${unit}`,
            `2 ${unit} from now`,
            `02${unit} From Now`,
          ]) {
            assert.equal(lifeOf(span), 2 * seconds, span);
            const theirs = claimsOf(await new SdkToken(KEY, SECRET, { ttl: span }).toJwt());
            assert.equal((theirs.exp ?? 0) - NOW, 2 * seconds, span);
          }
        }
      });
    }
  }

  test('a fraction is accepted', () => {
    assert.deepEqual(['1.5h', '0.5 minutes', '1.25 days', '1.0s'].map(lifeOf), [5400, 30, 108_000, 1]);
  });

  test('a leading blank is accepted', async () => {
    const theirs = claimsOf(await new SdkToken(KEY, SECRET, { ttl: ' 10m' }).toJwt());
    assert.equal((theirs.exp ?? 0) - NOW, 600);
    assert.equal(lifeOf(' 10m'), 600);
  });
});

suite('numbers are seconds', () => {
  test('as an option and as a property', () => {
    assert.deepEqual([1, 600, 86_400, 4_294_967_295].map(lifeOf), [1, 600, 86_400, 4_294_967_295]);
  });
  test('a fraction is rounded down', () => assert.deepEqual([1.5, 1.999, '1.9s', '1.5 sec'].map(lifeOf), [1, 1, 1, 1]));
});

test('undefined is six hours', () => {
  assert.equal(lifeOf(undefined), 21_600);
  assert.equal(claimsOf(builder({}).toJwtSync()).exp, NOW + 21_600);
});

suite('invalid values', () => {
  const refused: Record<string, unknown[]> = {
    'of nothing or less': [0, -0, -1, -600, 0.5, '0s', '0.5s', '0 minutes', '-5m', '- 5m', '-1s', '5m ago', '0s ago'],
    'that is no number': [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    'of another type': [
      null,
      true,
      false,
      {},
      [],
      [600],
      600n,
      Symbol('600'),
      () => 600,
      new Date(),
      new Date(NOW * 2000),
    ],
    'that is no span': [
      '',
      ' ',
      'Infinity',
      'NaN',
      '10',
      '+10',
      '10ms',
      '10 ms',
      '1h30m',
      '1 month',
      '1mo',
      'm',
      '1..5h',
    ],
    'that is spelt in another way': [
      '.5h',
      '1.h',
      '10  m',
      '10m ',
      '10m\n',
      '1e3s',
      '0x10s',
      '1,5h',
      '１０m',
      '10 ſ',
      'PT10M',
    ],
    'that goes on beyond every calendar': [1e21, Number.MAX_SAFE_INTEGER, '99999999999999999999y', '10001y'],
  };
  for (const [what, ttls] of Object.entries(refused)) {
    for (const ttl of ttls) {
      test(`${what}: ${typeof ttl} ${typeof ttl === 'string' ? JSON.stringify(ttl) : String(ttl)}`, () =>
        assertRefused(ttl));
    }
  }

  test('a sign and a direction together are refused', () => assertRefused('+5m from now'));
});

test('a promise is rejected in the same way', async () => {
  await assert.rejects(builder({ ttl: 0 }).toJwt(), invalidTtl);
  await assert.rejects(builder({ ttl: '1 month' }).toJwt(), invalidTtl);
});
