import type { RequestHandler } from '@sveltejs/kit';
import { createApp } from 'livekit-edge/node';

// Opened by the first request: the build imports this file too.
let app: ReturnType<typeof createApp> | undefined;

/** Every method: the endpoint has its own routes. */
export const fallback: RequestHandler = async ({ request, getClientAddress }) => {
  app ??= createApp({ clientAddress: ({ env }) => env.address }).catch((error) => {
    // The next request tries again.
    app = undefined;
    throw error;
  });
  return (await app).fetch(request, { address: getClientAddress() });
};
