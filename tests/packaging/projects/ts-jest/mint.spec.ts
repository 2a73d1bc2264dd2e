/** With ts-jest's preset, which checks this file and compiles it to CommonJS. */
import { AccessToken, TokenVerifier, TrackSource } from 'livekit-edge';
import { livekit } from 'livekit-edge/server';

test('a token is signed and verified', async () => {
  const signed = new AccessToken('devkey', 'secret', { identity: 'alice' });
  signed.addGrant({ roomJoin: true, room: 'lobby', canPublishSources: [TrackSource.MICROPHONE] });
  const token: string = await signed.toJwt();
  const { sub } = await new TokenVerifier('devkey', 'secret').verify(token);
  expect(sub).toBe('alice');
  console.log(JSON.stringify({ token, identity: sub }));
});

test('the endpoint answers', async () => {
  const app = livekit({ authenticate: () => null, authorize: () => null });
  const response = await app.request('/token', { method: 'POST', body: '{"roomId":"lobby"}' });
  expect(response.status).toBe(401);
});
