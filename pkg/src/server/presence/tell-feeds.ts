/** Notifies the feeds of a change of presence. Their errors must not fail the request that changed it. */
import { errorName } from '../errors.js';
import type { Log } from '../log.js';
import { withTimeout } from '../timeout.js';
import type { PresenceFeeds } from './feeds.js';

/** Timeout of the feeds in milliseconds. After that, watched rooms are read within a minute anyway. */
const TIMEOUT_MS = 1000;

/** Notifies the feeds that a room has changed. Never rejects: an error is logged. */
export const tellFeeds =
  (feeds: () => PresenceFeeds, log: Log) =>
  async (room: string): Promise<void> => {
    const late = () => log.warn('The presence feeds did not answer', { milliseconds: TIMEOUT_MS });
    try {
      await withTimeout(TIMEOUT_MS, async () => feeds().changed(room), late);
    } catch (error) {
      log.warn('The presence feeds could not be notified of a change', { error: errorName(error) });
    }
  };
