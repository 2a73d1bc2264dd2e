/** The endpoint with rate limits of a test's own, as a Worker. */
import { Hono } from 'hono';
import { livekit } from 'livekit-edge/server';
import { type D1, d1Store } from 'livekit-edge/stores/d1';
import type { Limits } from './headers.ts';
import { limited } from './limited.ts';

const app = new Hono();
app.route('/api/livekit', livekit<{ DB: D1; LIMITS: Limits }>({ ...limited, store: ({ DB }) => d1Store(DB) }));

export default app;
