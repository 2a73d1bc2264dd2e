/** The endpoint with one user, in every room. */
import { livekit } from 'livekit-edge/server';

export const app = livekit({
  authenticate: (request) => (request.headers.get('Authorization') === 'Bearer alice' ? { userId: 'alice' } : null),
  authorize: ({ userId }, { room }) => ({ room, identity: userId, grants: { canPublish: true } }),
});
