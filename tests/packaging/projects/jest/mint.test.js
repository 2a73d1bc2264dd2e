/** With jest's defaults: nothing in node_modules is transformed, and without a preset of Babel nothing else is. */
const { LivekitException } = require('livekit-edge');
const { livekit } = require('livekit-edge/server');
const { mint } = require('./mint.cjs');

test('a token is signed and verified', async () => {
  const minted = await mint();
  expect(minted.identity).toBe('alice');
  console.log(JSON.stringify(minted));
});

test('the endpoint answers', async () => {
  const app = livekit({ authenticate: () => null, authorize: () => null });
  const response = await app.request('/token', { method: 'POST', body: '{"roomId":"lobby"}' });
  expect(response.status).toBe(401);
  expect(new LivekitException('no')).toBeInstanceOf(Error);
});
