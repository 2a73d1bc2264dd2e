/** The context of a request: Hono's context with the endpoint as a variable. */
import type { Context } from 'hono';
import type { Endpoint } from './endpoint.js';
import type { Authenticate } from './hooks.js';
import type { HttpSettings } from './middleware/http-settings.js';
import type { RateLimits } from './middleware/rate-limiter.js';
import type { Policy } from './policy.js';
import type { PresenceTimes } from './presence/events-option.js';
import type { PresenceFeeds } from './presence/feeds.js';

/** Variables of the context of a handler. */
export interface LivekitEnv {
  Variables: {
    endpoint: Endpoint;
    hooks: Hooks;
    policy: Policy;
    http: HttpSettings;
    /** True if no setting has a warning or an error. */
    isHealthy: boolean;
    rateLimits: () => RateLimits;
    presenceFeeds: () => PresenceFeeds;
    presenceTimes: PresenceTimes;
    requestId: string;
    /** Message of the log line for a response with status 500; the default is `Request failed`. */
    failure: string;
  };
}

/** The functions of the application, bound to the environment of the request. */
export interface Hooks {
  /** Authenticates a request instead of user tokens. */
  authenticate?: ((request: Request) => ReturnType<Authenticate>) | undefined;
  /** Called with an unexpected error that `authenticate` throws. */
  onError?: ((error: unknown) => void) | undefined;
}

/** Context of a handler. */
export type LivekitContext = Context<LivekitEnv>;

/** Handles a request: returns the response, or throws the error to respond with. */
export type LivekitHandler = (context: LivekitContext) => Response | Promise<Response>;

/** A route. The path is relative to the prefix of the endpoint. */
export type Route = readonly [method: 'GET' | 'POST' | 'DELETE', path: string, handler: LivekitHandler];

/** The endpoint of a request, for functions that the application calls with the context. */
export const endpointIn = (context: Context | undefined): Endpoint | undefined => context?.get('endpoint');
