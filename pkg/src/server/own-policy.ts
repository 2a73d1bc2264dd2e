/** The policy of an application with its own `authorize`. */
import { createException } from '../exception.js';
import type { TokenResponse } from '../token-response.js';
import type { Endpoint } from './endpoint.js';
import { type Authorize, type Caller, decide, isRefusal, type TokenAsk } from './hooks.js';
import { issue, parseOwn } from './issue.js';
import type { Policy, TokenQuestion } from './policy.js';
import { toTokenRequest } from './requests.js';

/**
 * Creates the policy from an `authorize` function that is bound to the environment of the request. `onError` is called
 * with its errors.
 */
export const ownPolicy = (
  authorize: (caller: Caller, ask: TokenAsk) => ReturnType<Authorize>,
  onError: ((error: unknown) => void) | undefined,
): Policy => ({
  // `authenticate` has already admitted the caller.
  admit: async () => {},
  async issue({ route, request, user }: TokenQuestion, endpoint: Endpoint): Promise<TokenResponse> {
    const described = endpoint.service.call((rules) => rules.describeRequest(route, toTokenRequest(request)));
    const ask: TokenAsk = Object.freeze(parseOwn(described));
    const permission = await decide('authorize', endpoint.log, () => authorize(user, ask), onError);
    if (isRefusal(permission)) {
      throw createException('forbidden', 'Forbidden resource', { reason: 'no_permission' });
    }
    return issue(permission, ask.room, endpoint);
  },
});
