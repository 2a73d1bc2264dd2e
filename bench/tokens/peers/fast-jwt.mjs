// fast-jwt with signer and verifier created once, and without its cache.
import { createSigner, createVerifier } from 'fast-jwt';
import { API_KEY, API_SECRET, claimsFor } from '../claims.mjs';

const sign = createSigner({ key: API_SECRET, algorithm: 'HS256', noTimestamp: true });
const verify = createVerifier({ key: API_SECRET, algorithms: ['HS256'], allowedIss: API_KEY, cache: false });

/** @type {import('../field.mjs').Candidate[]} */
export default [
  {
    name: 'fast-jwt',
    mint: { sync: (request) => sign(claimsFor(request)) },
    verify: { sync: (token) => verify(token) },
  },
];
