import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createApp } from 'livekit-edge/node';

const app = new Hono();
app.route('/api/livekit', await createApp({ prefix: '/' }));
app.post('/echo', async (context) => context.json(await context.req.json()));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: process.env.HOST }, ({ port }) => {
  console.log(`Listening on port ${port}`);
});
