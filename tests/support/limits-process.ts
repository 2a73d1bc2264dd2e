/** The endpoint with rate limits of a test's own, as a process. */
import { limited } from './limited.ts';
import { serve } from './serve.ts';

await serve(limited as Parameters<typeof serve>[0]);
