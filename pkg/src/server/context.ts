/** What every stage of a request shares: Hono's context with the endpoint in it. */
import type { Context } from 'hono';
import type { Endpoint } from './endpoint.js';
import type { HttpSettings } from './middleware/http-settings.js';
import type { RateLimits } from './middleware/rate-limiter.js';

/** What a handler finds in its context. */
export interface LivekitEnv {
  Variables: {
    endpoint: Endpoint;
    http: HttpSettings;
    rateLimits: () => RateLimits;
    requestId: string;
    /** Message of the log line for a 500; the default is `Request failed`. */
    failure: string;
  };
}

/** Context of a handler. */
export type LivekitContext = Context<LivekitEnv>;

/** Answers a request, or throws why not. */
export type LivekitHandler = (context: LivekitContext) => Response | Promise<Response>;
