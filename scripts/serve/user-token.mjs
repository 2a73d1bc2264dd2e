// Signs a user's access token the way Kraken's login does, so that the printed curl line works when it is pasted.
import { createHmac, randomUUID } from 'node:crypto';

const LIFE_SECONDS = 12 * 60 * 60;

/**
 * @param {{ id: string, username: string, role: string }} user
 * @param {Record<string, string | undefined>} settings JWT_SECRET, and JWT_ISSUER, JWT_AUDIENCE and JWT_CLIENT_ID where they are set
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
    ...(first(settings.JWT_AUDIENCE) ? { aud: first(settings.JWT_AUDIENCE) } : {}),
    ...(first(settings.JWT_CLIENT_ID) ? { azp: first(settings.JWT_CLIENT_ID) } : {}),
  };
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = createHmac('sha256', settings.JWT_SECRET?.trim() ?? '')
    .update(input)
    .digest('base64url');
  return `${input}.${signature}`;
}

/** @param {string | undefined} list entries, separated by commas */
const first = (list) => list?.split(',')[0]?.trim();

/** @param {object} value */
function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
