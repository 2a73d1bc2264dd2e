/** A change of presence → the feeds, which must not make the request fail that changed it. */
import { nameOf } from '../errors.js';
import type { Log } from '../log.js';
import { withTimeout } from '../timeout.js';
import type { PresenceFeeds } from './feeds.js';

/** Milliseconds that a change waits for the feeds at most: who watches reads the room again within a minute. */
const TIMEOUT_MS = 1000;

/** Tells the feeds that a room has changed. Never rejects: an error is logged. */
export const tellFeeds =
  (feeds: () => PresenceFeeds, log: Log) =>
  async (room: string): Promise<void> => {
    const late = () => log.warn('The feeds of presence did not answer', { milliseconds: TIMEOUT_MS });
    try {
      await withTimeout(TIMEOUT_MS, async () => feeds().changed(room), late);
    } catch (error) {
      log.warn('The feeds of presence were not told of a change', { error: nameOf(error) });
    }
  };
