/** Request id, secure headers, a log line and the error handlers: for every response, including 404. */
import type { Context, Env, ErrorHandler, Hono, MiddlewareHandler } from 'hono';
import { requestId } from 'hono/request-id';
import { matchedRoutes } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { internalError, LivekitException } from '../../exception.js';
import { nameOf, notFound } from '../errors.js';
import { logFor } from '../log.js';
import { discardBody } from './discard-body.js';

/** Adds the middleware and error handlers of every response to an app, before its routes. */
export function everyAnswer<E extends Env>(app: Hono<E>): Hono<E> {
  app.use('*', nameRequest, protect, logRequest);
  app.onError(answerError);
  app.notFound((context) => answerError(notFound(), context));
  return app;
}

/** The request id: that of the client's `X-Request-Id` if it is valid, else that of the application around us, else a new one. */
const nameRequest = requestId({
  limitLength: 64,
  generator: (context) => context.get('requestId') ?? crypto.randomUUID(),
});

/**
 * The secure headers that affect JSON. `Cross-Origin-Resource-Policy` prevents embedding without CORS. HSTS leaves out
 * subdomains: they may belong to others.
 */
const protect = secureHeaders({
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

/** Methods in log lines. Any other is a string of the client, and is not logged. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Logs at `debug` method, route pattern, status and duration. On Workers the clock advances only during I/O, so that the
 * duration is that of I/O.
 */
const logRequest: MiddlewareHandler = async (context, next) => {
  const start = performance.now();
  context.header('Cache-Control', 'no-store');
  await next();
  logFor(context).debug('Request finished', () => ({
    method: METHODS.includes(context.req.method) ? context.req.method : 'other',
    route: routeOf(context),
    status: context.res.status,
    milliseconds: Math.round(performance.now() - start),
  }));
};

/** The route pattern of the path; `*` for an unknown path. Middleware is registered for `…*`. */
const routeOf = (context: Context): string =>
  matchedRoutes(context).find(({ path }) => !path.endsWith('*'))?.path ?? '*';

/** Whether an error has the status of an error: an application can create an exception with any. */
const isAnswer = (error: unknown): error is LivekitException =>
  error instanceof LivekitException && Number.isInteger(error.status) && error.status >= 400 && error.status <= 599;

/** Answers an error. Anything but a {@link LivekitException} is a defect of ours: 500, without its message. */
const answerError: ErrorHandler = (error, context) => {
  const { status, code, reason, path, body } = isAnswer(error) ? error : internalError(error);
  const log = logFor(context);
  if (status < 500) log.debug('Request refused', { status, code, reason, path });
  else if (status > 500) log.error('Request failed', { status, code, reason, path });
  else log.error(context.get('failure') ?? 'Request failed', { status, code, reason, path, error: nameOf(error) });
  if (status === 401) context.header('WWW-Authenticate', 'Bearer');
  return discardBody(context, context.json(body, status as ContentfulStatusCode), JSON.stringify(body));
};
