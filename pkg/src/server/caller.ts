/** Authenticates the caller of a request, and applies the rate limit by user. */
import { createException } from '../exception.js';
import { findUserToken, verifyUserToken } from './authenticate.js';
import type { LivekitContext } from './context.js';
import { type Caller, checkedCaller, decide, isRefusal } from './hooks.js';
import { limitUser } from './middleware/rate-limit.js';

/** The caller of a request. */
interface Authenticated {
  /** A checked copy, for limits, rules and log. */
  readonly caller: Caller;
  /** The value that the application's `authenticate` returned, for its `authorize`. */
  readonly user: Caller;
}

/**
 * Authenticates and counts the caller. Throws 401, 415 or 429, and 503 if the identity provider's keys are unavailable.
 */
export async function authenticateCaller(context: LivekitContext): Promise<Authenticated> {
  const user = await authenticated(context);
  const caller = checkedCaller(user);
  await limitUser(context, caller);
  return { caller, user };
}

/** Authenticates the caller of a request that was already counted. Throws as {@link authenticateCaller}, except 429. */
export const authenticateAgain = async (context: LivekitContext): Promise<Caller> =>
  checkedCaller(await authenticated(context));

/** As {@link authenticateCaller}; also checks that the policy admits the caller. */
export async function admitCaller(context: LivekitContext): Promise<void> {
  const { caller } = await authenticateCaller(context);
  await context.get('policy').admit(caller, context.get('endpoint'));
}

async function authenticated(context: LivekitContext): Promise<Caller> {
  const endpoint = context.get('endpoint');
  const { authenticate, onError } = context.get('hooks');
  if (authenticate === undefined) return verifyUserToken(findUserToken(context.req.raw) ?? '', endpoint);
  const caller = await decide('authenticate', endpoint.log, () => authenticate(context.req.raw), onError);
  if (isRefusal(caller)) {
    throw createException('unauthorized', 'Unauthorized', { reason: 'missing' });
  }
  return caller;
}
