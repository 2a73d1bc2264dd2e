// The endpoint with limits that are counted in the process, whatever its database.
import { memoryRateLimits, serve } from 'livekit-edge/node';

await serve({ rateLimit: memoryRateLimits() });
