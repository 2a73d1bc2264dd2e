/** The endpoint on a faulty store, as a process. */
import { faulty } from './faulty-store.ts';
import { serve } from './serve.ts';

await serve(faulty as Parameters<typeof serve>[0]);
