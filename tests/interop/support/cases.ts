/** The claims that every SDK must sign. */
import { readFileSync } from 'node:fs';
import type { ClaimGrants } from '../ours.ts';
import type { Sdk } from './sdks.ts';

/** As in a token: sources by name, and the room configuration in JSON. */
export type Claims = ClaimGrants;

export interface Case {
  readonly name: string;
  readonly claims: Claims;
}

export const CASES_FILE = new URL('../cases.json', import.meta.url);

export const CASES: readonly Case[] = JSON.parse(readFileSync(CASES_FILE, 'utf8')).cases;

/** Every claim of every case in one; if two cases set the same claim, the value of the first. */
export const ALL_AT_ONCE: Case = {
  name: 'all claims at once',
  claims: Object.assign(
    {},
    ...CASES.toReversed().map(({ claims }) => claims),
    // The first case has few claims.
    ...CASES.slice(1, 2).map(({ claims }) => claims),
  ),
};

/** The claims that an SDK writes for a case. */
export function asSaidBy({ lacks, videoDefaults }: Sdk, claims: Claims): Claims {
  const said: Record<string, unknown> = { ...claims };
  if (claims.video !== undefined) said['video'] = { ...videoDefaults, ...claims.video };
  for (const path of lacks) {
    const [claim = '', member] = path.split('.');
    if (member === undefined) delete said[claim];
    else delete (said[claim] as Record<string, unknown> | undefined)?.[member];
  }
  return said;
}
