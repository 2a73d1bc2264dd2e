/** The endpoint on a faulty store, as a Worker. */
import { Hono } from 'hono';
import { livekit } from 'livekit-edge/server';
import { faulty } from './faulty-store.ts';

const app = new Hono();
app.route('/api/livekit', livekit(faulty));

export default app;
