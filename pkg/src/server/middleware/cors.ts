/** CORS for the origins of `CORS_ORIGINS`; without the setting no origin is allowed. Not hono/cors: see ARCHITECTURE.md. */
import type { MiddlewareHandler } from 'hono';
import type { LivekitContext, LivekitEnv } from '../context.js';
import { HEADER_NAME } from './http-settings.js';

const READABLE = 'Retry-After,X-Request-Id';
/** Allowed headers for a preflight that asks for none, or for invalid ones. */
const SENDABLE = 'Authorization,Content-Type,X-Request-Id';
/** Maximum length of `Access-Control-Request-Headers`. */
const MAX_HEADERS_LENGTH = 1024;
/** The first label of a host, where others follow: what `*` stands for in `https://*.example.com`. */
const FIRST_LABEL = /^(https?:\/\/)[a-z\d_-]{1,63}(?=\.)/;
/** Seconds. */
const MAX_AGE = '600';

/** Adds the headers of CORS to every response to an allowed origin. Cookies are for exact origins only, never for `*`. */
export const cors: MiddlewareHandler<LivekitEnv> = (context, next) => {
  const origin = allowedOrigin(context);
  // A cache must not return the response to a page of another origin.
  if (isListed(context)) context.header('Vary', 'Origin', { append: true });
  if (origin !== undefined) {
    context.header('Access-Control-Allow-Origin', origin);
    context.header('Access-Control-Expose-Headers', READABLE);
    if (origin !== '*') context.header('Access-Control-Allow-Credentials', 'true');
  }
  return next();
};

/** Answers the preflights of a route with 204, before authentication. */
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

/** The headers that a page of an allowed origin may send: those that it asks for. */
function sendable(asked: string | undefined): string {
  if (asked === undefined || asked.length > MAX_HEADERS_LENGTH) return SENDABLE;
  const names = asked.split(',').map((name) => name.trim());
  // `*` is a valid name in the request, but means every header in the response.
  return names.every((name) => HEADER_NAME.test(name) && name !== '*') ? names.join(',') : SENDABLE;
}

/** Whether the response depends on the origin. */
function isListed(context: LivekitContext): boolean {
  const { corsOrigins } = context.get('http');
  return corsOrigins.length > 0 && !corsOrigins.includes('*');
}

/** Value of `Access-Control-Allow-Origin`; `undefined` if the origin is not allowed. */
function allowedOrigin(context: LivekitContext): string | undefined {
  const { corsOrigins } = context.get('http');
  if (corsOrigins.includes('*')) return '*';
  const origin = context.req.header('Origin') ?? '';
  const isAllowed = corsOrigins.includes(origin) || corsOrigins.includes(origin.replace(FIRST_LABEL, '$1*'));
  return isAllowed && !origin.includes('*') ? origin : undefined;
}
