/** The endpoint as a process of Node, from CommonJS, with one user. */
const { serve } = require('livekit-edge/node');

serve({
  authenticate: (request) => (request.headers.get('Authorization') === 'Bearer alice' ? { userId: 'alice' } : null),
  authorize: ({ userId }, { room }) => ({ room, identity: userId, grants: { canPublish: true } }),
});
