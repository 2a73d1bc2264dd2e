// jose with its key imported once.
import { jwtVerify, SignJWT } from 'jose';
import { API_KEY, claimsFor, HEADER } from '../claims.mjs';
import { importKey } from '../key.mjs';

const key = await importKey();
const OPTIONS = { algorithms: ['HS256'], issuer: API_KEY, requiredClaims: ['exp'] };

/** @type {import('../field.mjs').Candidate[]} */
export default [
  {
    name: 'jose',
    mint: { async: (request) => new SignJWT(claimsFor(request)).setProtectedHeader(HEADER).sign(key) },
    verify: { async: async (token) => (await jwtVerify(token, key, OPTIONS)).payload },
  },
];
