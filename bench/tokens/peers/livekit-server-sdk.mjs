// LiveKit's own SDK, as its documentation uses it.
import { AccessToken, TokenVerifier } from 'livekit-server-sdk';
import { API_KEY, API_SECRET, grantFor } from '../claims.mjs';

const verifier = new TokenVerifier(API_KEY, API_SECRET);

/** @type {import('../field.mjs').Candidate[]} */
export default [
  {
    name: 'livekit-server-sdk',
    mint: {
      async: ({ roomId, identity, name, ttl }) => {
        const token = new AccessToken(API_KEY, API_SECRET, { identity, name, ttl });
        token.addGrant(grantFor(roomId));
        return token.toJwt();
      },
    },
    verify: { async: (token) => verifier.verify(token) },
  },
];
