// jsonwebtoken with its key created once.
import { createSecretKey } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { API_KEY, API_SECRET, claimsFor } from '../claims.mjs';

const key = createSecretKey(API_SECRET, 'utf8');

/** @type {import('../field.mjs').Candidate[]} */
export default [
  {
    name: 'jsonwebtoken',
    mint: {
      sync: (request) => jsonwebtoken.sign(claimsFor(request), key, { algorithm: 'HS256', noTimestamp: true }),
    },
    verify: { sync: (token) => jsonwebtoken.verify(token, key, { algorithms: ['HS256'], issuer: API_KEY }) },
  },
];
