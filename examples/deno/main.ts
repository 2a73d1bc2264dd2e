import { serve } from 'livekit-edge/deno';

await serve();
