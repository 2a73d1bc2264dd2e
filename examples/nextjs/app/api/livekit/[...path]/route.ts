import { createApp } from 'livekit-edge/node';

// Opened by the first request: `next build` imports this file too.
let app: ReturnType<typeof createApp> | undefined;

async function handle(request: Request): Promise<Response> {
  app ??= createApp().catch((error) => {
    // The next request tries again.
    app = undefined;
    throw error;
  });
  return (await app).fetch(request);
}

export { handle as DELETE, handle as GET, handle as OPTIONS, handle as POST };
