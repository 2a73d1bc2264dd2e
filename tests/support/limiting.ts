/** Requests under rate limits, for an endpoint that runs limits-worker.ts. */
import assert from 'node:assert/strict';
import { assertError, TOO_MANY } from './answers.ts';
import type { Answer, Asking } from './endpoint.ts';
import { ADDRESS_HEADER, LIMITS_HEADER, type Limits, toHeader } from './headers.ts';

/** A request under limits, from an address. */
export const under = (limits: Limits, asking: Asking = {}, address: string | undefined = '192.0.2.1'): Asking => ({
  ...asking,
  headers: { [LIMITS_HEADER]: toHeader(limits), [ADDRESS_HEADER]: address, ...asking.headers },
});

/** 429, and after how many seconds to come again. */
export function assertTooMany(answer: Answer, wait = '60', what?: string): void {
  assertError(answer, TOO_MANY, what);
  assert.equal(answer.headers.get('retry-after'), wait, what);
}
