/** The endpoint as a separate app, on the default prefixes or on a prefix of the application. */
import { Hono } from 'hono';
import { createException } from '../exception.js';
import { type LivekitOptions, livekit, routes } from './app.js';
import { everyAnswer } from './middleware/every-answer.js';

/**
 * Creates an app that answers at `/api/livekit` and `/livekit` or, if `prefix` is set, only below that prefix.
 */
export function deployable<Bindings extends object>(options: LivekitOptions<Bindings>, prefix?: string): Hono {
  if (prefix !== undefined) return new Hono().route(checkedPrefix(prefix), livekit(options));
  const api = routes(options);
  return everyAnswer(new Hono()).route('/api/livekit', api).route('/livekit', api);
}

function checkedPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && prefix.startsWith('/')) return prefix;
  throw createException('not_configured', 'prefix must be a path that begins with /');
}
