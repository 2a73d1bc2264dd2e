// livekit-edge, with each of its functions for tokens.
import { AccessToken, generateToken, LivekitService, TokenVerifier } from 'livekit-edge';
import { API_KEY, API_SECRET, grantFor, URL_OF_LIVEKIT } from '../claims.mjs';

const CONFIG = { apiKey: API_KEY, apiSecret: API_SECRET, url: URL_OF_LIVEKIT };
const service = new LivekitService(CONFIG);
const verifier = new TokenVerifier(API_KEY, API_SECRET);

/** @param {import('../claims.mjs').Request} request */
function accessToken({ roomId, identity, name, ttl }) {
  const token = new AccessToken(API_KEY, API_SECRET, { identity, name, ttl });
  token.addGrant(grantFor(roomId));
  return token;
}

/** @type {import('../field.mjs').Candidate[]} */
export default [
  {
    name: 'LivekitService.generateToken',
    mint: { sync: (request) => service.generateToken(request).token },
  },
  { name: 'generateToken', mint: { sync: (request) => generateToken(request, CONFIG).token } },
  { name: 'AccessToken.toJwtSync', mint: { sync: (request) => accessToken(request).toJwtSync() } },
  { name: 'await AccessToken.toJwt', mint: { async: (request) => accessToken(request).toJwt() } },
  { name: 'TokenVerifier.verifySync', verify: { sync: (token) => verifier.verifySync(token) } },
  { name: 'await TokenVerifier.verify', verify: { async: (token) => verifier.verify(token) } },
];
