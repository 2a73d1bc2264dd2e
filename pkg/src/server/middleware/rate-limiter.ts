/** Types of rate limiters, and the rate limits of Cloudflare Workers. */

/** Counts requests by key. A Worker's rate limit, a counter in memory, or one of your own. */
export interface RateLimiter {
  /** Counts a request. Without `retryAfter` a refused one may be retried after 60 seconds. */
  limit(key: string): Promise<{
    /** Whether the request is within the limit. */
    success: boolean;
    /** Seconds after which a refused request may be retried. */
    retryAfter?: number | undefined;
  }>;
}

/** The rate limits; one that is unset is no limit. */
export interface RateLimits {
  /** By the id of the user. */
  user?: RateLimiter | undefined;
  /** By the address: IPv4 as it is, IPv6 by its /64. */
  address?: RateLimiter | undefined;
}

/** A binding of `ratelimits` in wrangler.jsonc. It returns no `retryAfter`. */
export interface RateLimitBinding {
  /** Counts a request. */
  limit(options: {
    /** Who is limited. */
    key: string;
  }): Promise<{
    /** Whether the request is within the limit. */
    success: boolean;
  }>;
}

/** The bindings of rate limits; one that is not bound is no limit. */
export interface RateLimitBindings {
  /** Limits the requests of a user. */
  RATE_LIMIT_USER?: RateLimitBinding;
  /** Limits the requests of an address. */
  RATE_LIMIT_ADDRESS?: RateLimitBinding;
}

/** The rate limits of a Worker's environment, which Cloudflare counts approximately, for each location. */
export const rateLimitBindings = ({ RATE_LIMIT_USER, RATE_LIMIT_ADDRESS }: RateLimitBindings): RateLimits => ({
  user: limiterOf(RATE_LIMIT_USER),
  address: limiterOf(RATE_LIMIT_ADDRESS),
});

const limiterOf = (binding: RateLimitBinding | undefined): RateLimiter | undefined =>
  binding && { limit: (key) => binding.limit({ key }) };
