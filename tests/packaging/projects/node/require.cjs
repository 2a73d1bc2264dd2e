/** Prints what was minted with the package as CommonJS, or the error that was thrown. */
const { AccessToken, TokenVerifier } = require('livekit-edge');

async function mint() {
  const signed = new AccessToken('devkey', 'secret', { identity: 'alice' });
  signed.addGrant({ roomJoin: true, room: 'lobby' });
  const token = await signed.toJwt();
  const { sub } = await new TokenVerifier('devkey', 'secret').verify(token);
  return { token, identity: sub };
}

mint().then(
  (minted) => console.log(JSON.stringify(minted)),
  ({ name, code, message }) => console.log(JSON.stringify({ name, code, message })),
);
