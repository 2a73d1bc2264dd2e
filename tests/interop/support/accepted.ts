/** The tests that another SDK's verifier accepts our tokens, the same for every SDK. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ALL_AT_ONCE, CASES, type Claims } from './cases.ts';
import { type Language, SDKS } from './sdks.ts';
import { KEY, mint, oneBitOff, SECRET } from './tokens.ts';

/** The results of a verifier for a list of tokens. */
export type Answer = { readonly claims: unknown } | { readonly refused: string };

/** Checks tokens with LiveKit's verifier, with these credentials. */
export type Verify = (tokens: readonly string[], key: string, secret: string) => Promise<readonly Answer[]>;

/** One flipped bit in every so many bytes; starting a process for each would take too long. */
const STEP = 5;

/**
 * @param verify - or the reason why it is missing, which skips the tests
 * @param read - the claims that the verifier must return for a token with these claims
 */
export function testAccepted(language: Language, verify: Verify | string, read: (signed: Claims) => unknown) {
  const options = typeof verify === 'string' ? { skip: verify } : {};
  const answers: Verify = (tokens, ...credentials) => (verify as Verify)(tokens, ...credentials);
  const cases = [...CASES, ALL_AT_ONCE];

  suite(`${SDKS[language].name} on our tokens`, () => {
    test('returns every claim', options, async (t) => {
      const minted = cases.map(({ claims }) => mint(claims));
      const tokens = minted.map(({ token }) => token);
      const said = await answers(tokens, KEY, SECRET);
      for (const [index, { signed }] of minted.entries()) {
        await t.test(cases[index]?.name, () => assert.deepEqual(said[index], { claims: read(signed) }));
      }
    });

    test('refuses each of them with one bit changed', options, async () => {
      const spoilt = cases.flatMap(({ claims }) => [...oneBitOff(mint(claims).token, STEP)]);
      await assertRefused(spoilt, KEY, SECRET);
    });

    test('refuses them with another secret or another key', options, async () => {
      const tokens = cases.map(({ claims }) => mint(claims).token);
      await assertRefused(tokens, KEY, `${SECRET}2`);
      await assertRefused(tokens, `${KEY}2`, SECRET);
    });
  });

  async function assertRefused(tokens: readonly string[], key: string, secret: string) {
    const said = await answers(tokens, key, secret);
    const refused = said.filter((answer) => 'refused' in answer);
    assert.equal(refused.length, tokens.length);
  }
}
