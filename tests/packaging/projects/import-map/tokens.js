/** The entry of a page without a bundler: the test reads this global. */
import { AccessToken, TokenVerifier } from 'livekit-edge/tokens';

async function mint() {
  const signed = new AccessToken('devkey', 'secret', { identity: 'alice' });
  signed.addGrant({ roomJoin: true, room: 'lobby' });
  const token = await signed.toJwt();
  const { sub } = await new TokenVerifier('devkey', 'secret').verify(token);
  return { token, identity: sub };
}

globalThis.minted = mint().catch(({ name, code, message }) => ({ name, code, message }));
