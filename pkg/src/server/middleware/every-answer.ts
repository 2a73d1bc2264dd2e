/** What every answer has, that of a path which leads nowhere included: a request id, safe headers, a line in the log. */
import type { Context, Env, ErrorHandler, Hono, MiddlewareHandler } from 'hono';
import { requestId } from 'hono/request-id';
import { matchedRoutes } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { internalError, LivekitException } from '../../exception.js';
import { nameOf, notFound } from '../errors.js';
import { logFor } from '../log.js';

/** Gives the answers of an app what every answer has, and answers its errors. Before any route is added. */
export function everyAnswer<E extends Env>(app: Hono<E>): Hono<E> {
  app.use('*', nameRequest, protect, logRequest);
  app.onError(answerError);
  app.notFound((context) => answerError(notFound(), context));
  return app;
}

/** Keeps the id that the application around us gave the request, or a short one of the client's. Never a long text. */
const nameRequest = requestId({
  limitLength: 64,
  generator: (context) => context.get('requestId') ?? crypto.randomUUID(),
});

/**
 * The headers that mean something for JSON. `Cross-Origin-Resource-Policy` stops pages that embed an answer without
 * asking; one that CORS allows is not affected. HSTS leaves out subdomains: they may be others'.
 */
const SAFE_HEADERS = Object.entries({
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=15552000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
});

/**
 * Not `hono/secure-headers`: it sets headers of the response that the handler returned, for which Hono's adapter to Node then
 * makes a whole Response. ARCHITECTURE.md has the figure.
 */
const protect: MiddlewareHandler = (context, next) => {
  for (const [name, value] of SAFE_HEADERS) context.header(name, value);
  return next();
};

/** Methods that a log line names. Any other is a string of the client's. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Logs at `debug` what was asked, by the route's pattern, what was answered, and after how long. On Workers the clock
 * stands still but while a request waits for something, so that the time is that of the waiting.
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

/** The pattern of the path, whatever the method; `*` if the path leads nowhere. Middleware is registered for `…*`. */
const routeOf = (context: Context): string =>
  matchedRoutes(context).find(({ path }) => !path.endsWith('*'))?.path ?? '*';

/** Whether an error is one to answer as it says. An application can throw one with the status of no error. */
const isAnswer = (error: unknown): error is LivekitException =>
  error instanceof LivekitException && Number.isInteger(error.status) && error.status >= 400 && error.status <= 599;

/** Answers an error. Anything but a {@link LivekitException} is a defect of ours, and none of its text gets out. */
const answerError: ErrorHandler = (error, context) => {
  const { status, code, reason, path, body } = isAnswer(error) ? error : internalError(error);
  const log = logFor(context);
  if (status < 500) log.debug('Request refused', { status, code, reason, path });
  else if (status > 500) log.error('Request failed', { status, code, reason, path });
  else log.error(context.get('failure') ?? 'Request failed', { status, code, reason, path, error: nameOf(error) });
  if (status === 401) context.header('WWW-Authenticate', 'Bearer');
  return context.json(body, status as ContentfulStatusCode);
};
