/** What a CommonJS program runs: it signs a token, verifies it, and returns both. */
const { AccessToken, TokenVerifier } = require('livekit-edge');

exports.mint = async () => {
  const signed = new AccessToken('devkey', 'secret', { identity: 'alice' });
  signed.addGrant({ roomJoin: true, room: 'lobby' });
  const token = await signed.toJwt();
  const { sub } = await new TokenVerifier('devkey', 'secret').verify(token);
  return { token, identity: sub };
};
