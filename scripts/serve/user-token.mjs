// Signs a user's access token the way Kraken's login does, so that the printed curl line works when it is pasted.
import { createHmac, randomUUID } from 'node:crypto';

const LIFE_SECONDS = 12 * 60 * 60;

/**
 * @param {{ id: string, username: string, role: string }} user
 * @param {Record<string, string | undefined>} settings JWT_SECRET, and JWT_ISSUER and JWT_AUDIENCE where they are set
 * @param {number} [now] Unix seconds
 */
export function userToken(user, settings, now = Math.floor(Date.now() / 1000)) {
  const claims = {
    username: user.username,
    sub: user.id,
    role: user.role,
    jti: randomUUID(),
    iat: now,
    exp: now + LIFE_SECONDS,
    ...(settings.JWT_ISSUER ? { iss: settings.JWT_ISSUER } : {}),
    ...(settings.JWT_AUDIENCE ? { aud: settings.JWT_AUDIENCE } : {}),
  };
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = createHmac('sha256', settings.JWT_SECRET ?? '')
    .update(input)
    .digest('base64url');
  return `${input}.${signature}`;
}

/** @param {object} value */
function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
