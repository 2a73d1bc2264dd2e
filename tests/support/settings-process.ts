/** The deployable process, except that a request may bring settings of its own. */
import { env } from 'hono/adapter';
import { changedSettings } from './headers.ts';
import { BOUND, boundStore, serve } from './serve.ts';

await serve({
  store: await boundStore(),
  settings: (context) => changedSettings(context.req.raw, { ...env<Record<string, unknown>>(context), ...BOUND }),
});
