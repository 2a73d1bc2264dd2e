/** The deployable process with short times of its streams, except that a request may bring settings of its own. */
import { env } from 'hono/adapter';
import { changedSettings, SHORT_TIMES } from './headers.ts';
import { serve } from './serve.ts';

await serve({
  presenceEvents: SHORT_TIMES,
  settings: (context) => changedSettings(context.req.raw, env<Record<string, unknown>>(context)),
});
