/** Checks the output of a project with other code than the package's. */
import assert from 'node:assert/strict';
import { claimsOf, isSignedWith } from '../support/livekit-token.ts';

const BEARER = { Authorization: 'Bearer alice' };

/** Fails unless this is a token that the project signed and then verified. */
export function assertMinted(minted: unknown): void {
  const { token, identity } = minted as { token: string; identity: string };
  assert.ok(token, JSON.stringify(minted));
  assertToken(token);
  assert.equal(identity, 'alice');
}

/** Fails unless a program printed such a token. */
export function assertPrintsMinted(output: string): void {
  const [printed] = /\{"token":.+\}/.exec(output) ?? [];
  assert.ok(printed, output);
  assertMinted(JSON.parse(printed));
}

/** Fails unless the endpoint at a path responds: 401 without a user token, 201 with Alice's. */
export async function assertEndpoint(url: string): Promise<void> {
  const ask = (headers: Record<string, string>) => {
    const body = JSON.stringify({ roomId: 'lobby' });
    return fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });
  };
  const refused = await ask({});
  assert.equal(refused.status, 401, await refused.text());
  const answer = await ask(BEARER);
  const text = await answer.text();
  assert.equal(answer.status, 201, text);
  assertToken(JSON.parse(text).token);
}

function assertToken(token: string): void {
  assert.ok(isSignedWith(token, 'secret'));
  const { iss, sub, video } = claimsOf(token);
  assert.deepEqual([iss, sub, video.room, video.roomJoin], ['devkey', 'alice', 'lobby', true]);
}
