/** The endpoint as it is deployed everywhere: on both prefixes, and nothing else beside it. */
import { type Handler, Hono } from 'hono';
import { type LivekitOptions, livekit } from './app.js';
import { NOT_FOUND } from './errors.js';
import { answering } from './middleware/every-answer.js';

const nowhere: Handler = answering(() => {
  throw NOT_FOUND;
});

/** An app that answers at `/api/livekit` and, as in the specification, at `/livekit`. */
export function deployable<Bindings extends object>(options: LivekitOptions<Bindings>): Hono {
  const api = livekit<Bindings>(options);
  const app = new Hono();
  app.route('/api/livekit', api);
  app.route('/livekit', api);
  app.all('*', nowhere);
  return app;
}
