/** What every stage of a request shares: Hono's context with the endpoint in it. */
import type { Context } from 'hono';
import type { Endpoint } from './endpoint.js';
import type { Authenticate, Authorize, Caller, TokenAsk } from './hooks.js';
import type { HttpSettings } from './middleware/http-settings.js';
import type { RateLimits } from './middleware/rate-limiter.js';
import type { Grants } from './rbac/grants.js';

/** What a handler finds in its context. */
export interface LivekitEnv {
  Variables: {
    endpoint: Endpoint;
    hooks: Hooks;
    http: HttpSettings;
    /** Whether everything works as the settings say. */
    isHealthy: boolean;
    rateLimits: () => RateLimits;
    requestId: string;
    /** Message of the log line for a 500; the default is `Request failed`. */
    failure: string;
  };
}

/** The functions of the application, with the environment of the request. */
export interface Hooks {
  /** The application's own; user tokens are verified without one. */
  authenticate?: ((request: Request) => ReturnType<Authenticate>) | undefined;
  /** The application's own; Kraken's rules decide without one. */
  authorize?: ((caller: Caller, ask: TokenAsk) => ReturnType<Authorize>) | undefined;
  /** Is told what else those two throw. */
  onError?: ((error: unknown) => void) | undefined;
  /** Kraken's rules with the application's own table of grants. */
  grants?: Grants | undefined;
}

/** Context of a handler. */
export type LivekitContext = Context<LivekitEnv>;

/** Answers a request, or throws why not. */
export type LivekitHandler = (context: LivekitContext) => Response | Promise<Response>;
