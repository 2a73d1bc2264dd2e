// The endpoint with rate limits that are counted in the process, for any database.
import { memoryRateLimits, serve } from 'livekit-edge/node';

await serve({ rateLimit: memoryRateLimits() });
