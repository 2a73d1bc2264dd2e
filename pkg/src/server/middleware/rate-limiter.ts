/** Types of rate limiters, and the rate limits of Cloudflare Workers. */

/** Counts requests by key: a rate limit of Workers, a counter in memory, or the application's own. */
export interface RateLimiter {
  /** Counts a request. The default of `retryAfter` is 60. */
  limit(key: string): Promise<{
    /** True if the request is allowed. */
    success: boolean;
    /** Seconds after which a rejected request may be retried. */
    retryAfter?: number | undefined;
  }>;
}

/** The rate limits. Unset means no limit. */
export interface RateLimits {
  /** Limit by the user's id. */
  user?: RateLimiter | undefined;
  /** Limit by address: an IPv4 address, or the /64 of an IPv6 address. */
  address?: RateLimiter | undefined;
}

/** A binding of `ratelimits` in wrangler.jsonc. It returns no `retryAfter`. */
export interface RateLimitBinding {
  /** Counts a request. */
  limit(options: {
    /** Key of the counter. */
    key: string;
  }): Promise<{
    /** True if the request is allowed. */
    success: boolean;
  }>;
}

/** The rate limit bindings of a Worker. A missing binding means no limit. */
export interface RateLimitBindings {
  /** Limit by the user's id. */
  RATE_LIMIT_USER?: RateLimitBinding;
  /** Limit by address. */
  RATE_LIMIT_ADDRESS?: RateLimitBinding;
}

/**
 * Returns the rate limits of a Worker's environment. Cloudflare counts approximately, and separately at each location.
 */
export const rateLimitBindings = ({ RATE_LIMIT_USER, RATE_LIMIT_ADDRESS }: RateLimitBindings): RateLimits => ({
  user: toRateLimiter(RATE_LIMIT_USER),
  address: toRateLimiter(RATE_LIMIT_ADDRESS),
});

const toRateLimiter = (binding: RateLimitBinding | undefined): RateLimiter | undefined =>
  binding && { limit: (key) => binding.limit({ key }) };
