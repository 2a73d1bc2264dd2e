/** A request that is answered 503 on every platform. */
import type { Asking } from './endpoint.ts';
import { jws, userClaims } from './user-token.ts';

/** With a token of an identity provider whose keys nobody can get. */
export const unavailable = (): Asking => ({
  as: null,
  headers: { Authorization: `Bearer ${jws({ alg: 'RS256' }, userClaims('user-456'), 'no key')}` },
  settings: { JWT_ISSUER: 'x', JWT_JWKS_URL: 'http://127.0.0.1:9/' },
});
