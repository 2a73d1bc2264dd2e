/**
 * The interface of a policy, which admits callers and issues tokens. Kraken's policy is in `rbac/`, the application's
 * in `own-policy.ts`.
 */
import type { TokenResponse } from '../token-response.js';
import type { Endpoint } from './endpoint.js';
import type { Caller, TokenRoute } from './hooks.js';
import type { ParsedRequest } from './requests.js';

/** A token request and its caller. */
export interface TokenQuestion {
  readonly route: TokenRoute;
  readonly request: ParsedRequest;
  /** A copy of the caller. */
  readonly caller: Caller;
  /** The value that the application's `authenticate` returned. */
  readonly user: Caller;
}

/** Authorizes the callers of an endpoint. */
export interface Policy {
  /** Admits a caller to routes for every user. Throws 401 or 503. */
  admit(caller: Caller, endpoint: Endpoint): Promise<void>;
  /** Authorizes a request and issues its token. Throws 400, 401, 403, 500, 502, 503 or 504. */
  issue(question: TokenQuestion, endpoint: Endpoint): Promise<TokenResponse>;
}
