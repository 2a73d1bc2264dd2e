/** Compiled to CommonJS by tsc, and run. */
import { AccessToken, TokenVerifier } from 'livekit-edge';
import { livekit } from 'livekit-edge/server';

async function mint(): Promise<{ token: string; identity: string | undefined; routes: number }> {
  const signed = new AccessToken('devkey', 'secret', { identity: 'alice' });
  signed.addGrant({ roomJoin: true, room: 'lobby' });
  const token = await signed.toJwt();
  const { sub } = await new TokenVerifier('devkey', 'secret').verify(token);
  const app = livekit({ authenticate: () => null, authorize: () => null });
  return { token, identity: sub, routes: app.routes.length };
}

mint().then((minted) => console.log(JSON.stringify(minted)));
