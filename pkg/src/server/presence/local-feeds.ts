/** Feeds of a process: each watched room is read once for all who watch it here. */
import { isRoomName } from '../requests.js';
import { cannotWatch, type ProcessFeeds } from './feeds.js';
import { RoomFeed } from './room-feed.js';
import { memorySignals, type PresenceSignals } from './signals.js';
import { WatcherCounts } from './watcher-counts.js';

/** Feeds for the watchers of one process, told of changes by signals. */
export function localFeeds(signals: PresenceSignals): ProcessFeeds & { readonly counts: Counts } {
  const feeds = new FeedsBySource();
  const counts = new WatcherCounts();
  let isClosed = false;

  function drop(room: string, source: object | undefined, feed: RoomFeed): void {
    feed.close();
    feeds.delete(room, source, feed);
  }

  return {
    // A room with an invalid name is no channel, and has no watchers.
    changed: async (room) => (isRoomName(room) ? signals.changed(room) : undefined),
    async watch(room, watcher, read, source) {
      if (isClosed) throw cannotWatch('stopping');
      const uncount = counts.add(watcher.userId, source);
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

/** The feed of each room of each source. With other settings an application may have another store, with a room of that name. */
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

/** What feeds have in memory. */
export interface Counts {
  /** Rooms that are read. */
  readonly rooms: number;
  /** Users who watch. */
  readonly users: number;
  /** Watchers. */
  readonly watchers: number;
}

/**
 * Feeds of a single process: the default everywhere but on Workers. A change by another process is seen within a minute. Close
 * them when the process stops, if you serve the app yourself: `livekit({ store, presenceFeeds })`.
 */
export const memoryFeeds = (): ProcessFeeds => localFeeds(memorySignals());
