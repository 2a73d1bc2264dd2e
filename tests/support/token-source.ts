/** The answers of POST /token-source. */
import assert from 'node:assert/strict';
import { badRequest } from './answers.ts';
import type { Answer } from './endpoint.ts';
import { claimsOf, type LivekitClaims } from './livekit-token.ts';

/** The body of a 400 for fields that a client may not set. */
export const notForClients = (...fields: string[]): string =>
  badRequest(fields.map((field) => `${field} must not be set by a client`));

/** The claims of an answer that is exactly a URL and a token. */
export function sourceClaims({ status, headers, text }: Answer, what?: string): LivekitClaims {
  assert.equal(status, 201, what ?? text);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  const { participant_token: token } = JSON.parse(text);
  assert.equal(text, JSON.stringify({ server_url: 'ws://127.0.0.1:7880', participant_token: token }));
  return claimsOf(token);
}
