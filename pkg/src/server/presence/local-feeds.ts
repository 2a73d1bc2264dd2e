/** Presence feeds of one process. Each watched room is read once for all its watchers. */
import { isRoomName } from '../requests.js';
import { cannotWatch, type ProcessFeeds } from './feeds.js';
import { RoomFeed } from './room-feed.js';
import { memorySignals, type PresenceSignals } from './signals.js';
import { WatcherCounts } from './watcher-counts.js';

/** Creates the feeds of one process. Signals notify them of changes. */
export function localFeeds(signals: PresenceSignals): ProcessFeeds & { readonly counts: Counts } {
  const feeds = new FeedsBySource();
  const counts = new WatcherCounts();
  let isClosed = false;

  function drop(room: string, source: object | undefined, feed: RoomFeed): void {
    feed.close();
    feeds.delete(room, source, feed);
  }

  return {
    // A room with an invalid name is not a channel, and has no watchers.
    changed: async (room) => (isRoomName(room) ? signals.changed(room) : undefined),
    async watch(room, watcher, read, source) {
      if (isClosed) throw cannotWatch('stopping');
      const uncount = counts.add(watcher.userId, watcher.store);
      const known = feeds.get(room, source);
      const feed = known ?? new RoomFeed(room, signals, read, () => drop(room, source, feed));
      feeds.set(room, source, feed);
      try {
        const remove = await feed.add(watcher);
        if (isClosed) throw cannotWatch('stopping');
        return () => {
          remove();
          uncount();
        };
      } catch (error) {
        uncount();
        drop(room, source, feed);
        throw error;
      }
    },
    async close() {
      isClosed = true;
      for (const [room, source, feed] of feeds.all()) drop(room, source, feed);
      await signals.close?.();
    },
    get counts() {
      return { rooms: feeds.size, users: counts.users, watchers: counts.watchers };
    },
  };
}

/**
 * Feeds by source and room. With other settings an application may use another store, which has other rooms of the same
 * name.
 */
class FeedsBySource {
  readonly #byRoom = new Map<string, Map<object | undefined, RoomFeed>>();

  get size(): number {
    return this.all().length;
  }

  get(room: string, source: object | undefined): RoomFeed | undefined {
    return this.#byRoom.get(room)?.get(source);
  }

  set(room: string, source: object | undefined, feed: RoomFeed): void {
    const feeds = this.#byRoom.get(room) ?? new Map();
    this.#byRoom.set(room, feeds.set(source, feed));
  }

  delete(room: string, source: object | undefined, feed: RoomFeed): void {
    const feeds = this.#byRoom.get(room);
    if (feeds?.get(source) !== feed) return;
    feeds.delete(source);
    if (feeds.size === 0) this.#byRoom.delete(room);
  }

  all(): (readonly [room: string, source: object | undefined, feed: RoomFeed])[] {
    return [...this.#byRoom].flatMap(([room, feeds]) =>
      [...feeds].map(([source, feed]) => [room, source, feed] as const),
    );
  }
}

/** Numbers of the objects in memory, for tests. */
export interface Counts {
  /** Number of rooms with a feed. */
  readonly rooms: number;
  /** Number of users with a watcher. */
  readonly users: number;
  /** Number of watchers. */
  readonly watchers: number;
}

/**
 * Creates the feeds of a single process, the default except on Workers. A change by another process is noticed within a
 * minute. If you serve the app yourself with `livekit({ store, presenceFeeds })`, close them when the process stops.
 */
export const memoryFeeds = (): ProcessFeeds => localFeeds(memorySignals());
