/**
 * CORS for the origins in `CORS_ORIGINS`; the default is no origin. ARCHITECTURE.md explains why this is not hono/cors.
 */
import type { MiddlewareHandler } from 'hono';
import type { LivekitContext, LivekitEnv } from '../context.js';
import { HEADER_NAME } from './http-settings.js';

const READABLE = 'Retry-After,X-Request-Id';
/** Allowed headers for a preflight that requests none or invalid ones. */
const SENDABLE = 'Authorization,Content-Type,X-Request-Id';
/** Maximum length of `Access-Control-Request-Headers`. */
const MAX_HEADERS_LENGTH = 1024;
/** Pattern of the first label of a host, which `*` stands for in `https://*.example.com`. */
const FIRST_LABEL = /^(https?:\/\/)[a-z\d_-]{1,63}(?=\.)/;
/** Seconds for which browsers cache a preflight. */
const MAX_AGE = '600';

/** Adds CORS headers to responses for allowed origins. Cookies are only allowed for exact origins, never for `*`. */
export const cors: MiddlewareHandler<LivekitEnv> = (context, next) => {
  const origin = allowedOrigin(context);
  // Caches must not return the response to a page of another origin.
  if (isListed(context)) context.header('Vary', 'Origin', { append: true });
  if (origin !== undefined) {
    context.header('Access-Control-Allow-Origin', origin);
    context.header('Access-Control-Expose-Headers', READABLE);
    if (origin !== '*') context.header('Access-Control-Allow-Credentials', 'true');
  }
  return next();
};

/** Responds to preflights of a route with 204, before authentication. */
export const preflight =
  (methods: string): MiddlewareHandler<LivekitEnv> =>
  async (context, next) => {
    const isPreflight = context.req.header('Access-Control-Request-Method') !== undefined;
    if (!isPreflight || allowedOrigin(context) === undefined) return next();
    context.header('Vary', 'Access-Control-Request-Headers', { append: true });
    context.header('Access-Control-Allow-Methods', methods);
    context.header('Access-Control-Allow-Headers', sendable(context.req.header('Access-Control-Request-Headers')));
    context.header('Access-Control-Max-Age', MAX_AGE);
    return context.body(null, 204);
  };

/** Returns the headers that a page of an allowed origin may send: the requested ones. */
function sendable(asked: string | undefined): string {
  if (asked === undefined || asked.length > MAX_HEADERS_LENGTH) return SENDABLE;
  const names = asked.split(',').map((name) => name.trim());
  // `*` is a valid header name in the request, but in the response it means every header.
  return names.every((name) => HEADER_NAME.test(name) && name !== '*') ? names.join(',') : SENDABLE;
}

/** True if the response depends on the origin. */
function isListed(context: LivekitContext): boolean {
  const { corsOrigins } = context.get('http');
  return corsOrigins.length > 0 && !corsOrigins.includes('*');
}

/** Returns `Access-Control-Allow-Origin`; `undefined` if the origin is not allowed. */
function allowedOrigin(context: LivekitContext): string | undefined {
  const { corsOrigins } = context.get('http');
  if (corsOrigins.includes('*')) return '*';
  const origin = context.req.header('Origin') ?? '';
  const isAllowed = corsOrigins.includes(origin) || corsOrigins.includes(origin.replace(FIRST_LABEL, '$1*'));
  return isAllowed && !origin.includes('*') ? origin : undefined;
}
