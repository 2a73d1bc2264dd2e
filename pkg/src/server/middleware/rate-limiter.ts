/** What counts requests. */

/** Counts requests by key. A Worker's rate limit, a counter in memory, or one of your own. */
export interface RateLimiter {
  /** Counts a request. `retryAfter`: seconds after which a refused one may be tried again, 60 unless said. */
  limit(key: string): Promise<{ success: boolean; retryAfter?: number | undefined }>;
}

/** Who is limited; one that is left out is not. */
export interface RateLimits {
  /** By the id of the user. */
  user?: RateLimiter | undefined;
  /** By the address: IPv4 as it is, IPv6 by its /64. */
  address?: RateLimiter | undefined;
}
