/** The endpoint as it is deployed everywhere: on both prefixes, and nothing else beside it. */
import { Hono } from 'hono';
import { type LivekitOptions, livekit } from './app.js';
import { answer, NOT_FOUND } from './errors.js';
import { everyAnswer } from './http/every-answer.js';

/** An app that answers at `/api/livekit` and, as in the specification, at `/livekit`. */
export function deployable<Bindings extends object>(options: LivekitOptions<Bindings>): Hono {
  const api = livekit<Bindings>(options);
  const app = new Hono();
  app.route('/api/livekit', api);
  app.route('/livekit', api);
  app.all('*', ...everyAnswer, () => {
    throw NOT_FOUND;
  });
  app.onError(answer);
  return app;
}
