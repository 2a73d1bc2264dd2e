// Signs a user token the way Kraken's login does, so that the printed curl line works when it is pasted.
import { sign } from 'hono/jwt';

const TTL_SECONDS = 12 * 60 * 60;

/**
 * @param {{ id: string, username: string, role: string }} user
 * @param {Record<string, string | undefined>} settings JWT_SECRET, and JWT_ISSUER, JWT_AUDIENCE and JWT_CLIENT_ID where they are set
 * @param {number} [now] Unix seconds
 */
export function userToken({ id, username, role }, settings, now = Math.floor(Date.now() / 1000)) {
  const { JWT_SECRET, JWT_ISSUER: iss, JWT_AUDIENCE, JWT_CLIENT_ID } = settings;
  const [aud, azp] = [JWT_AUDIENCE, JWT_CLIENT_ID].map((list) => list?.split(',')[0]?.trim());
  const claims = {
    username,
    sub: id,
    role,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + TTL_SECONDS,
    ...(iss ? { iss } : {}),
    ...(aud ? { aud } : {}),
    ...(azp ? { azp } : {}),
  };
  // WebCrypto accepts no empty key. Without a secret every user token is invalid.
  return sign(claims, JWT_SECRET?.trim() || 'unset', 'HS256');
}
