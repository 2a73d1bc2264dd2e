// Tokens of LiveKit's other SDKs: every claim in them is read, and a changed token is refused.
import assert from 'node:assert/strict';
import { afterEach, mock, suite, test } from 'node:test';
import { TokenVerifier } from './ours.ts';
import { ALL_AT_ONCE, asSaidBy, CASES } from './support/cases.ts';
import { fixtureOf } from './support/fixture.ts';
import { type Language, SDKS } from './support/sdks.ts';
import { claimsOf, mint, oneBitOff, TTL_SECONDS } from './support/tokens.ts';

const TOLERANCE = 10;
const refused = { name: 'LivekitException', status: 401, code: 'invalid_token' };

/** The verifier has the time from the global Date, like LiveKit's own; the tokens are of the past. */
const atTime = (seconds: number) => mock.timers.enable({ apis: ['Date'], now: seconds * 1000 });
afterEach(() => mock.timers.reset());

for (const language of Object.keys(SDKS) as Language[]) {
  const { version, apiKey, apiSecret, tokens } = fixtureOf(language);
  const sdk = SDKS[language];
  const verifier = new TokenVerifier(apiKey, apiSecret);

  suite(`${sdk.name} ${version}`, () => {
    test('has a token for every case', () => {
      assert.deepEqual(
        tokens.map(({ name }) => name),
        CASES.map(({ name }) => name),
      );
    });

    for (const { name, token, claims } of tokens) {
      const { nbf = 0, exp = 0 } = claims;

      test(`${name}: every claim is read`, async () => {
        atTime(nbf);
        assert.deepEqual(verifier.verifySync(token), claims);
        assert.deepEqual(await verifier.verify(token), claims);
      });

      test(`${name}: has the requested claims`, () => {
        atTime(nbf);
        const { claims: asked } = CASES.find((one) => one.name === name) ?? ALL_AT_ONCE;
        // Signing the verified claims leaves out the defaults that some SDKs write.
        const again = mint(verifier.verifySync(token));
        assert.deepEqual(claimsOf(again.token), { ...asSaidBy(sdk, asked), iss: apiKey, nbf, exp: nbf + TTL_SECONDS });
      });

      test(`${name}: is refused with one bit changed, and with another secret or key`, () => {
        atTime(nbf);
        for (const spoilt of oneBitOff(token)) assert.throws(() => verifier.verifySync(spoilt), refused);
        assert.throws(() => new TokenVerifier(apiKey, `${apiSecret}2`).verifySync(token), refused);
        assert.throws(() => new TokenVerifier(`${apiKey}2`, apiSecret).verifySync(token), refused);
      });

      test(`${name}: is valid from nbf to exp, with a tolerance`, () => {
        for (const time of [nbf - TOLERANCE, exp + TOLERANCE - 1]) {
          atTime(time);
          assert.deepEqual(verifier.verifySync(token), claims);
          mock.timers.reset();
        }
        for (const time of [nbf - TOLERANCE - 1, exp + TOLERANCE]) {
          atTime(time);
          assert.throws(() => verifier.verifySync(token), refused);
          mock.timers.reset();
        }
      });
    }
  });
}
