// @tsndr/cloudflare-worker-jwt with its key imported once. It does not check the issuer, which the application must do.
import jwt from '@tsndr/cloudflare-worker-jwt';
import { API_KEY, claimsFor } from '../claims.mjs';
import { importKey } from '../key.mjs';

const key = await importKey();

/** @type {import('../field.mjs').Candidate[]} */
export default [
  {
    name: '@tsndr/cloudflare-worker-jwt',
    mint: { async: (request) => jwt.sign(claimsFor(request), key, 'HS256') },
    verify: {
      async: async (token) => {
        const verified = await jwt.verify(token, key, { algorithm: 'HS256', throwError: true });
        const claims = verified?.payload;
        if (claims?.iss !== API_KEY) throw new Error('wrong issuer');
        return claims;
      },
    },
  },
];
