// hono/jwt with its key imported once.
import { sign, verify } from 'hono/jwt';
import { API_KEY, claimsFor } from '../claims.mjs';
import { importKey } from '../key.mjs';

const key = await importKey();

/** @type {import('../field.mjs').Candidate[]} */
export default [
  {
    name: 'hono/jwt',
    mint: { async: (request) => sign(claimsFor(request), key, 'HS256') },
    verify: { async: (token) => verify(token, key, { alg: 'HS256', iss: API_KEY }) },
  },
];
