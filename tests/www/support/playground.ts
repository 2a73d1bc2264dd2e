/** What `npm start` runs, for a test file, with its database in memory. */
import { demoSettings } from '../../../scripts/demo-data.mjs';
import { startOnWorkerd } from '../../../scripts/serve/platforms.mjs';

/** No process listens there: the port is reserved, and no test can have it. */
export const NO_LIVEKIT = 'ws://127.0.0.1:1';

/** Starts it on a free port, or on this one. */
export const startPlayground = (settings: Record<string, string> = {}, port = 0) =>
  startOnWorkerd({ port, settings: { ...demoSettings, LIVEKIT_URL: NO_LIVEKIT, ...settings } });
