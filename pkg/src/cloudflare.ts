/** A Worker as it is deployed: the endpoint on both prefixes, on a D1 database bound as `DB`. */
import { Hono } from 'hono';
import { livekit } from './server/app.js';
import { answer, NOT_FOUND } from './server/errors.js';
import { everyAnswer } from './server/every-answer.js';
import { type RateLimitBindings, rateLimitBindings } from './server/rate-limit-bindings.js';
import { type D1, d1Store } from './server/store/d1.js';

/** The bindings that the Worker needs besides its settings. */
export interface Env extends RateLimitBindings {
  /** The database with the tables of `migrations/`. */
  DB: D1;
}

const api = livekit<Env>({
  store: (env) => d1Store(env.DB),
  rateLimit: rateLimitBindings,
  // Cloudflare writes this header itself; what a client sends is overwritten.
  clientAddress: (context) => context.req.header('CF-Connecting-IP'),
});
const app = new Hono();
app.route('/api/livekit', api);
app.route('/livekit', api);
app.all('*', ...everyAnswer, () => {
  throw NOT_FOUND;
});
app.onError(answer);

export default app;
