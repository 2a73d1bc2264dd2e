// What every candidate is asked for: the same requests, and the claims that a token for one has to say.

export const API_KEY = 'devkey';
/** Longer than a hash, as it should be, and shorter than a block. */
export const API_SECRET = 'a-secret-of-32-bytes-or-more-for-the-bench';
export const URL_OF_LIVEKIT = 'ws://127.0.0.1:7880';
export const TTL = 3600;

/** Different ones in turn, so that nobody can do well by remembering the last. */
export const REQUESTS = Array.from({ length: 64 }, (_, index) => ({
  roomId: `channel-${(0xabc123 + index * 7919).toString(16)}`,
  identity: `user-${456 + index}`,
  name: `Alice Example ${10 + index}`,
  ttl: TTL,
}));

/** @typedef {{ roomId: string, identity: string, name: string, ttl: number }} Request */

/** @param {number} index @returns {Request} */
export const requestAt = (index) => /** @type {Request} */ (REQUESTS[index % REQUESTS.length]);

/** As {@link requestAt}, and each with another TTL than the one before. @param {number} index @returns {Request} */
export const otherTtlAt = (index) => ({ ...requestAt(index), ttl: TTL + (index % REQUESTS.length) });

/** @param {string} room */
export const grantFor = (room) => ({
  room,
  roomJoin: true,
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
});

/**
 * For those that are fed claims: the application has to build them for every token.
 * @param {Request} request
 */
export function claimsFor({ roomId, identity, name, ttl }) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: API_KEY, sub: identity, exp: now + ttl, nbf: now, name, video: grantFor(roomId) };
}

export const HEADER = { alg: 'HS256', typ: 'JWT' };
