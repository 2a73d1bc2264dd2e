import { serve } from 'livekit-edge/node';

await serve();
