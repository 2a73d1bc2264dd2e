/** With jest and --experimental-vm-modules: the keys of an identity provider need jose, which is an ES module. */
const { livekit } = require('livekit-edge/server');

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Unsigned, with an algorithm that no identity provider may use: refused before a key is fetched. */
const TOKEN = [encode({ alg: 'HS256' }), encode({ sub: 'alice' }), 'AAAA'].join('.');

test('a token with an algorithm of no identity provider is refused', async () => {
  const settings = () => ({ ...process.env, JWT_JWKS_URL: 'http://127.0.0.1:9/jwks' });
  const app = livekit({ authorize: () => null, settings });
  const response = await app.request('/token', {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    body: '{"roomId":"lobby"}',
  });
  expect(response.status).toBe(401);
});
