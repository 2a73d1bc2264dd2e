// The requests for all candidates, and the claims that the tokens must contain.

export const API_KEY = 'devkey';
/** A secret that is longer than a hash, as required, and shorter than a block. */
export const API_SECRET = 'a-secret-of-32-bytes-or-more-for-the-bench';
export const URL_OF_LIVEKIT = 'ws://127.0.0.1:7880';
export const TTL = 3600;

/** Different requests in turn, so that caching the last one has no advantage. */
export const REQUESTS = Array.from({ length: 64 }, (_, index) => ({
  roomId: `channel-${(0xabc123 + index * 7919).toString(16)}`,
  identity: `user-${456 + index}`,
  name: `Alice Example ${10 + index}`,
  ttl: TTL,
}));

/** @typedef {{ roomId: string, identity: string, name: string, ttl: number }} Request */

/** @param {number} index @returns {Request} */
export const requestAt = (index) => /** @type {Request} */ (REQUESTS[index % REQUESTS.length]);

/** As {@link requestAt}, each with another TTL than the one before. @param {number} index @returns {Request} */
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
 * Builds claims, for candidates that require them: an application must build them for every token.
 * @param {Request} request
 */
export function claimsFor({ roomId, identity, name, ttl }) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: API_KEY, sub: identity, exp: now + ttl, nbf: now, name, video: grantFor(roomId) };
}

export const HEADER = { alg: 'HS256', typ: 'JWT' };
