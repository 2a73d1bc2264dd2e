/** Which pages of other origins may read the answers: those of `CORS_ORIGINS`, and without it none. */
import type { Hono } from 'hono';
import type { LivekitContext } from '../context.js';
import { respond } from './respond.js';
import { methodsAt } from './routing.js';

const READABLE = 'Retry-After,X-Request-Id';
const SENDABLE = 'Authorization,Content-Type,X-Request-Id';
/** Seconds. */
const MAX_AGE = '600';

/**
 * Answers preflights of the app's routes with 204, before anybody asks who is asking, and adds the headers of CORS to
 * every other answer to an origin that is allowed. Cookies are for exact origins only, never for `*`.
 */
export function allowOrigins(context: LivekitContext, app: Pick<Hono, 'routes'>): Response | undefined {
  const { corsOrigins } = context.get('http');
  if (corsOrigins.length === 0) return undefined;

  const headers = context.get('headers');
  const isAny = corsOrigins.includes('*');
  // A cache must not give an answer to another page than it is for.
  if (!isAny) headers['Vary'] = 'Origin';
  const origin = context.req.header('Origin') ?? '';
  if (!isAny && !corsOrigins.includes(origin)) return undefined;
  const isOptions = context.req.method === 'OPTIONS';
  const asked = isOptions ? context.req.header('Access-Control-Request-Method') : undefined;
  const methods = asked === undefined ? [] : methodsAt(context, app);
  if (isOptions && methods.length === 0) return undefined;

  headers['Access-Control-Allow-Origin'] = isAny ? '*' : origin;
  headers['Access-Control-Expose-Headers'] = READABLE;
  if (!isAny) headers['Access-Control-Allow-Credentials'] = 'true';
  if (!isOptions) return undefined;
  headers['Vary'] = `${isAny ? '' : 'Origin, '}Access-Control-Request-Headers`;
  headers['Access-Control-Allow-Methods'] = methods.join(',');
  headers['Access-Control-Allow-Headers'] = SENDABLE;
  headers['Access-Control-Max-Age'] = MAX_AGE;
  return respond(context, null, 204);
}
