/** Middleware for every response, including 404: request id, secure headers, log line and error handlers. */
import type { Context, Env, ErrorHandler, Hono, MiddlewareHandler } from 'hono';
import { requestId } from 'hono/request-id';
import { matchedRoutes } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { internalError, LivekitException } from '../../exception.js';
import { errorName, notFound } from '../errors.js';
import { logFor } from '../log.js';
import { discardBody } from './discard-body.js';

/** Adds the middleware and error handlers to an app. Call it before adding routes. */
export function everyAnswer<E extends Env>(app: Hono<E>): Hono<E> {
  app.use('*', discardUnread, setRequestId, addSecureHeaders, logRequest);
  app.onError(answerError);
  app.notFound((context) => answerError(notFound(), context));
  return app;
}

/** Discards a body that no handler has read to its end, after an error or for a route that needs no body. */
const discardUnread: MiddlewareHandler = async (context, next) => {
  await next();
  const response = await discardBody(context, context.res);
  if (response === context.res) return;
  // Otherwise Hono would create another response with the headers of both.
  context.res = undefined;
  context.res = response;
};

/**
 * Sets the request id: the client's `X-Request-Id` if it is valid, else the id of the surrounding application, else a
 * new one.
 */
const setRequestId = requestId({
  limitLength: 64,
  generator: (context) => context.get('requestId') ?? crypto.randomUUID(),
});

/**
 * The secure headers that affect JSON. `Cross-Origin-Resource-Policy` prevents embedding without CORS. HSTS excludes
 * subdomains, which may belong to other services.
 */
const addSecureHeaders = secureHeaders({
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: 'max-age=15552000',
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: 'DENY',
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/** Methods that are logged. Any other method is a string that the client chose. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Logs method, route pattern, status and duration at the level `debug`. On Workers the clock advances only during I/O,
 * so that the duration excludes CPU time.
 */
const logRequest: MiddlewareHandler = async (context, next) => {
  const start = performance.now();
  context.header('Cache-Control', 'no-store');
  await next();
  logFor(context).debug('Request finished', () => ({
    method: METHODS.includes(context.req.method) ? context.req.method : 'other',
    route: routePattern(context),
    status: context.res.status,
    milliseconds: Math.round(performance.now() - start),
  }));
};

/** Returns the route pattern of the path; `*` for an unknown path. Patterns that end with `*` belong to middleware. */
const routePattern = (context: Context): string =>
  matchedRoutes(context).find(({ path }) => !path.endsWith('*'))?.path ?? '*';

/** True for an exception with an error status. The application can create exceptions with any status. */
const hasErrorStatus = (error: unknown): error is LivekitException =>
  error instanceof LivekitException && Number.isInteger(error.status) && error.status >= 400 && error.status <= 599;

/**
 * Creates the response for an error. Any error but a {@link LivekitException} is a bug of this package, and is answered
 * with 500 without its message.
 */
const answerError: ErrorHandler = (error, context) => {
  const { status, code, reason, path, body } = hasErrorStatus(error) ? error : internalError(error);
  const log = logFor(context);
  if (status < 500) log.debug('Request refused', { status, code, reason, path });
  else if (status > 500) log.error('Request failed', { status, code, reason, path });
  else log.error(context.get('failure') ?? 'Request failed', { status, code, reason, path, error: errorName(error) });
  if (status === 401) context.header('WWW-Authenticate', 'Bearer');
  return context.json(body, status as ContentfulStatusCode);
};
