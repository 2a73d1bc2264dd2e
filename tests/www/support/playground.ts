/** What `npm start` runs, for a test file: the Worker with the demo data and the playground in front of it. */
import { demoSettings } from '../../../scripts/demo-data.mjs';
import { startWorker } from '../../../scripts/worker.mjs';
import { startFront } from '../../../scripts/www/front.mjs';

/** No process listens there: the port is reserved, and no test can have it. */
export const NO_LIVEKIT = 'ws://127.0.0.1:1';

/**
 * Starts it on a free port, or on this one.
 * @param rateLimits - requests a minute, by the name of the binding; none unless set
 */
export async function startPlayground(
  settings: Record<string, string> = {},
  port = 0,
  rateLimits: Record<string, number> = {},
) {
  const all = { ...demoSettings, LIVEKIT_URL: NO_LIVEKIT, ...settings };
  const worker = await startWorker({ bindings: all, rateLimits });
  const front = await startFront({ port, endpoint: worker.url, settings: all });
  return {
    url: front.url,
    worker: worker.url,
    async stop() {
      await front.stop();
      await worker.stop();
    },
  };
}
