/** Which pages of other origins may read the answers: those of `CORS_ORIGINS`, and without it none. */
import type { Hono, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { LivekitEnv } from '../app.js';
import { methodsAt } from './routing.js';

const COMMON = {
  allowHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
  exposeHeaders: ['Retry-After', 'X-Request-Id'],
  maxAge: 600,
};

/**
 * Answers preflights of the app's routes with 204, before anybody asks who is asking, and writes the headers of CORS on
 * every other answer to an origin that is allowed. Cookies are for exact origins only, never for `*`.
 */
export function allowOrigins(app: Pick<Hono, 'routes'>): MiddlewareHandler<LivekitEnv> {
  return async (context, next) => {
    const { corsOrigins } = context.get('http');
    if (corsOrigins.length === 0) return next();

    const isAny = corsOrigins.includes('*');
    const isAllowed = isAny || corsOrigins.includes(context.req.header('Origin') ?? '');
    const methods = methodsAt(context, app);
    const isPreflight = methods.length > 0 && context.req.header('Access-Control-Request-Method') !== undefined;
    if (isAllowed && (isPreflight || context.req.method !== 'OPTIONS')) {
      const origin = isAny ? '*' : [...corsOrigins];
      return cors({ ...COMMON, origin, allowMethods: methods, credentials: !isAny })(context, next);
    }
    await next();
    // A cache must not give this answer to a page that is allowed to read it.
    if (!isAny) context.header('Vary', 'Origin', { append: true });
  };
}
