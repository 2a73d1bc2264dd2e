/** With Vitest on Node. */
import { expect, test } from 'vitest';
import { app } from './endpoint.js';
import { mint } from './mint.js';

test('a token is signed and verified', async () => {
  const minted = await mint();
  expect(minted.identity).toBe('alice');
  console.log(JSON.stringify(minted));
});

test('the endpoint answers', async () => {
  const response = await app.request('/token', { method: 'POST', body: '{"roomId":"lobby"}' });
  expect(response.status).toBe(401);
});
