/** The code that the projects run: it signs a token, verifies it, and returns both. */
import { AccessToken, TokenVerifier } from 'livekit-edge';

export async function mint() {
  const signed = new AccessToken('devkey', 'secret', { identity: 'alice' });
  signed.addGrant({ roomJoin: true, room: 'lobby' });
  const token = await signed.toJwt();
  const { sub } = await new TokenVerifier('devkey', 'secret').verify(token);
  return { token, identity: sub };
}
