/** Tokens that another SDK made, in tests/vectors/interop/. */
import { readFileSync } from 'node:fs';
import type { Claims } from './cases.ts';
import type { Language } from './sdks.ts';

export interface Fixture {
  readonly sdk: string;
  readonly version: string;
  /** The program that made the tokens. */
  readonly script: string;
  readonly madeAt: string;
  /** The source of the times in the tokens. */
  readonly clock: string;
  /** Claims of the cases that the SDK cannot set. */
  readonly lacks: readonly string[];
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly tokens: readonly FixtureToken[];
}

interface FixtureToken {
  /** The case in tests/interop/cases.json. */
  readonly name: string;
  readonly token: string;
  readonly claims: Claims;
}

export const fixtureOf = (language: Language): Fixture =>
  JSON.parse(readFileSync(new URL(`../../vectors/interop/${language}.json`, import.meta.url), 'utf8'));
