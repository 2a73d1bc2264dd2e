import type { RequestHandler } from '@sveltejs/kit';
import { createApp } from 'livekit-edge/node';

// Opened by the first request: the build imports this file too.
let app: ReturnType<typeof createApp> | undefined;

/** Every method: the endpoint has its own routes. */
export const fallback: RequestHandler = async ({ request, getClientAddress }) => {
  app ??= createApp({ clientAddress: ({ env }) => env.address });
  return (await app).fetch(request, { address: getClientAddress() });
};
