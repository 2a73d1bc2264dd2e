/** With Vitest in workerd. */
import { env, SELF } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { app } from './endpoint.js';
import { mint } from './mint.js';

const REQUEST = {
  method: 'POST',
  headers: { Authorization: 'Bearer alice', 'Content-Type': 'application/json' },
  body: '{"roomId":"lobby"}',
};

test('a token is signed and verified', async () => {
  const minted = await mint();
  expect(minted.identity).toBe('alice');
  console.log(JSON.stringify(minted));
});

test('the endpoint answers, called and fetched', async () => {
  expect((await app.request('/token', REQUEST, env)).status).toBe(201);
  expect((await SELF.fetch('http://localhost/token', REQUEST)).status).toBe(201);
});
