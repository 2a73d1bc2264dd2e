/** The endpoint with rate limits of a test's own, as a process. */
import { env } from 'hono/adapter';
import { changedSettings } from './headers.ts';
import { limited } from './limited.ts';
import { BOUND, boundStore, serve } from './serve.ts';

const options = {
  ...limited,
  store: await boundStore(),
  settings: (context: Parameters<typeof limited.settings>[0]) => ({
    ...limited.settings(context),
    DB: changedSettings(context.req.raw, { ...env<Record<string, unknown>>(context), ...BOUND }).DB,
  }),
};
await serve(options as unknown as Parameters<typeof serve>[0]);
