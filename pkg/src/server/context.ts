/** What every stage of a request shares: Hono's context with the endpoint in it. */
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
    /** Whether no setting has an error that is more than advice. */
    isHealthy: boolean;
    rateLimits: () => RateLimits;
    presenceFeeds: () => PresenceFeeds;
    presenceTimes: PresenceTimes;
    requestId: string;
    /** Message of the log line for a 500; the default is `Request failed`. */
    failure: string;
  };
}

/** The functions of the application, with the environment of the request. */
export interface Hooks {
  /** Replaces the verification of user tokens. */
  authenticate?: ((request: Request) => ReturnType<Authenticate>) | undefined;
  /** Is told what else that throws. */
  onError?: ((error: unknown) => void) | undefined;
}

/** Context of a handler. */
export type LivekitContext = Context<LivekitEnv>;

/** Answers a request, or throws the error to answer with. */
export type LivekitHandler = (context: LivekitContext) => Response | Promise<Response>;

/** A route, relative to where the endpoint is mounted. */
export type Route = readonly [method: 'GET' | 'POST' | 'DELETE', path: string, handler: LivekitHandler];

/** The endpoint of a request, in a function of the application that was given the context. */
export const endpointOf = (context: Context | undefined): Endpoint | undefined => context?.get('endpoint');
