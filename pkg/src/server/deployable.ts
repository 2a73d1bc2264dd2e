/** The endpoint as an app of its own, on both prefixes. */
import { Hono } from 'hono';
import { type LivekitOptions, routes } from './app.js';
import { everyAnswer } from './middleware/every-answer.js';

/** An app that answers at `/api/livekit` and, as in the specification, at `/livekit`. */
export function deployable<Bindings extends object>(options: LivekitOptions<Bindings>): Hono {
  const api = routes(options);
  return everyAnswer(new Hono()).route('/api/livekit', api).route('/livekit', api);
}
