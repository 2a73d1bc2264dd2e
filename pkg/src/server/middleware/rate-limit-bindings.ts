/** The rate limits of Cloudflare Workers: counted for each location, approximately, and at no cost in time. */
import type { RateLimiter, RateLimits } from './rate-limiter.js';

/** A binding of `ratelimits` in wrangler.jsonc. It does not say when the next request may come. */
export interface RateLimitBinding {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** The bindings that are looked for; one that is not bound is no limit. */
export interface RateLimitBindings {
  RATE_LIMIT_USER?: RateLimitBinding;
  RATE_LIMIT_ADDRESS?: RateLimitBinding;
}

/** The limits of a Worker's environment. */
export const rateLimitBindings = ({ RATE_LIMIT_USER, RATE_LIMIT_ADDRESS }: RateLimitBindings): RateLimits => ({
  user: limiterOf(RATE_LIMIT_USER),
  address: limiterOf(RATE_LIMIT_ADDRESS),
});

const limiterOf = (binding: RateLimitBinding | undefined): RateLimiter | undefined =>
  binding && { limit: (key) => binding.limit({ key }) };
