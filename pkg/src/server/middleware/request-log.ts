/** A line for each request, for those who look for one. */
import type { Context } from 'hono';
import { logFor } from '../log.js';
import { routeOf } from './routing.js';

/** A method is a text of the client's; only these are written down. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Logs at `debug` what was asked, by the route's pattern, what was answered, and after how long. On Workers the clock
 * stands still but while a request waits for something, so that the time is that of the waiting.
 */
export function logRequest(context: Context, status: number, start: number): void {
  logFor(context).debug('Request finished', () => ({
    method: METHODS.includes(context.req.method) ? context.req.method : 'other',
    route: routeOf(context)?.path ?? '*',
    status,
    milliseconds: Math.round(performance.now() - start),
  }));
}
