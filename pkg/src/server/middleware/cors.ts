/**
 * Which pages of other origins may read the answers: those of `CORS_ORIGINS`, and without it none.
 *
 * Not hono/cors: see ARCHITECTURE.md.
 */
import type { MiddlewareHandler } from 'hono';
import type { LivekitContext, LivekitEnv } from '../context.js';
import { HEADER_NAME } from './http-settings.js';

const READABLE = 'Retry-After,X-Request-Id';
/** What a page may send whose preflight does not ask, or asks for what cannot be. */
const SENDABLE = 'Authorization,Content-Type,X-Request-Id';
/** Characters of the header names that a preflight may ask for. */
const MAX_HEADERS_LENGTH = 1024;
/** The first label of a host, where others follow: what `*` stands for in `https://*.example.com`. */
const FIRST_LABEL = /^(https?:\/\/)[a-z\d_-]{1,63}(?=\.)/;
/** Seconds. */
const MAX_AGE = '600';

/** Adds the headers of CORS to every answer to an origin that is allowed. Cookies are for exact origins only, never for `*`. */
export const cors: MiddlewareHandler<LivekitEnv> = (context, next) => {
  const origin = allowedOrigin(context);
  // A cache must not give an answer to another page than it is for.
  if (isListed(context)) context.header('Vary', 'Origin', { append: true });
  if (origin !== undefined) {
    context.header('Access-Control-Allow-Origin', origin);
    context.header('Access-Control-Expose-Headers', READABLE);
    if (origin !== '*') context.header('Access-Control-Allow-Credentials', 'true');
  }
  return next();
};

/** Answers the preflights of a route with 204, before anybody asks who is asking. */
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
  // `*` would be a name here, and any header in the answer.
  return names.every((name) => HEADER_NAME.test(name) && name !== '*') ? names.join(',') : SENDABLE;
}

/** Whether the answer depends on the origin. */
function isListed(context: LivekitContext): boolean {
  const { corsOrigins } = context.get('http');
  return corsOrigins.length > 0 && !corsOrigins.includes('*');
}

/** What `Access-Control-Allow-Origin` says; `undefined` if the page may not read the answer. */
function allowedOrigin(context: LivekitContext): string | undefined {
  const { corsOrigins } = context.get('http');
  if (corsOrigins.includes('*')) return '*';
  const origin = context.req.header('Origin') ?? '';
  const isAllowed = corsOrigins.includes(origin) || corsOrigins.includes(origin.replace(FIRST_LABEL, '$1*'));
  return isAllowed && !origin.includes('*') ? origin : undefined;
}
