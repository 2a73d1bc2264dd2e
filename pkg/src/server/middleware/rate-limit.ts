/** Applies rate limits: by address before a request is parsed, by user after authentication. */
import type { MiddlewareHandler } from 'hono';
import { createException } from '../../exception.js';
import type { LivekitContext, LivekitEnv } from '../context.js';
import { errorName } from '../errors.js';
import type { Caller } from '../hooks.js';
import { withTimeout } from '../timeout.js';
import { type ClientAddress, clientNetwork } from './client-address.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';

type Answer = Awaited<ReturnType<RateLimiter['limit']>>;

/** Timeout of a limiter in milliseconds. */
const TIMEOUT_MS = 1000;
const DEFAULT_RETRY_SECONDS = 60;
const MAX_RETRY_SECONDS = 86_400;

/** Limits requests by address, before the request is parsed. Throws 429. */
export function addressLimit(findAddress: ClientAddress | undefined): MiddlewareHandler<LivekitEnv> {
  let isTold = false;
  return async (context, next) => {
    const retryAfter = await ask('address', context, () => {
      const network = clientNetwork(context, context.get('http'), findAddress);
      if (network === undefined && !isTold) {
        isTold = true;
        context.get('endpoint').log.warn('The address of a client is unknown: its requests are not limited by address');
      }
      return network;
    });
    if (retryAfter !== undefined) refuse(context, retryAfter, 'address');
    return next();
  };
}

/** Limits requests by user. Throws 429. */
export async function limitUser(context: LivekitContext, { userId }: Caller): Promise<void> {
  const retryAfter = await ask('user', context, () => userId);
  if (retryAfter !== undefined) refuse(context, retryAfter, 'user');
}

function refuse(context: LivekitContext, retryAfter: string, reason: keyof RateLimits): never {
  context.header('Retry-After', retryAfter);
  throw createException('too_many_requests', 'Too Many Requests', { reason });
}

/**
 * Counts a request; returns the seconds to wait if it is above the limit. If the limiter fails, the request is allowed
 * and the error is logged, because limits protect against load and are no authorization.
 */
async function ask(
  limit: keyof RateLimits,
  context: LivekitContext,
  keyOf: () => string | undefined,
): Promise<string | undefined> {
  const { log } = context.get('endpoint');
  const late = (): Answer => {
    log.error('A rate limiter did not answer: the request is allowed', { limit, milliseconds: TIMEOUT_MS });
    return { success: true };
  };
  try {
    const limiter = context.get('rateLimits')()[limit];
    const key = limiter === undefined ? undefined : keyOf();
    if (limiter === undefined || key === undefined) return undefined;
    const { success, retryAfter } = await withTimeout(TIMEOUT_MS, () => limiter.limit(key), late);
    if (typeof success !== 'boolean') throw new TypeError();
    return success ? undefined : seconds(retryAfter);
  } catch (error) {
    log.error('A rate limiter failed: the request is allowed', { limit, error: errorName(error) });
    return undefined;
  }
}

/** Formats `Retry-After`: a positive integer, even if the limiter returns another value. */
function seconds(retryAfter: number | undefined): string {
  const wait = Number.isFinite(retryAfter) ? Math.ceil(Number(retryAfter)) : DEFAULT_RETRY_SECONDS;
  return `${Math.min(Math.max(wait, 1), MAX_RETRY_SECONDS)}`;
}
