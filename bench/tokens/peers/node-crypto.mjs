// What one writes by hand on Node, without a library: the header is a constant, the key is made once.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { API_KEY, API_SECRET, claimsFor, HEADER } from '../claims.mjs';

const key = createSecretKey(API_SECRET, 'utf8');
const header = Buffer.from(JSON.stringify(HEADER)).toString('base64url');

/** @param {string} input */
const tag = (input) => createHmac('sha256', key).update(input);

/** @param {import('../claims.mjs').Request} request */
function mint(request) {
  const input = `${header}.${Buffer.from(JSON.stringify(claimsFor(request))).toString('base64url')}`;
  return `${input}.${tag(input).digest('base64url')}`;
}

/** @param {string} token */
function verify(token) {
  const [head, payload = '', signature = '', more] = token.split('.');
  if (head !== header || more !== undefined) throw new Error('not a token of ours');
  const expected = tag(`${head}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('wrong signature');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const now = Math.floor(Date.now() / 1000);
  if (claims.iss !== API_KEY || !(claims.exp > now) || claims.nbf > now) throw new Error('wrong claims');
  return claims;
}

/** @type {import('../field.mjs').Candidate[]} */
export default [{ name: 'node:crypto by hand', mint: { sync: mint }, verify: { sync: verify } }];
