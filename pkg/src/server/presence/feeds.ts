/** The interface of presence feeds, which push changes of presence to clients. */
import { createException, type LivekitException } from '../../exception.js';
import type { Present } from './participant.js';

/** A client that watches a room. */
export interface Watcher {
  /** The user's id. A user may have 20 watchers at the same time. */
  readonly userId: string;
  /**
   * The store that the user belongs to: users of different stores are different, even with the same id. `undefined` for
   * a store that is opened for each request: all such users with the same id are counted together.
   */
  readonly store?: object | undefined;
  /** The client's `Last-Event-ID`, which may be any string. */
  readonly lastEventId: string | undefined;
  /** Sends the text of an event. The first events are sent before `watch` resolves. */
  send(text: string): void;
  /** Called if no more events will come. The client may reconnect. */
  end(): void;
}

/**
 * Reads the current participants from the store of the request. Rejects, or resolves with `null`, if the store does not
 * answer.
 */
export type ReadRoom = () => Promise<Present | null>;

/** Pushes changes of presence to the clients that watch a room. */
export interface PresenceFeeds {
  /** Call it when the presence of a room has changed, or may have changed. */
  changed(room: string): Promise<void>;
  /**
   * Sends the events of a room to a watcher. Returns a function that ends the watch. Rejects with 429 for too many
   * watchers of one user, and with 503. `source` is the store of `read`: rooms of different stores are different,
   * even with the same name.
   */
  watch(room: string, watcher: Watcher, read: ReadRoom, source?: object): Promise<() => void>;
  /** Ends every watch, and rejects new ones. */
  close?(): Promise<void>;
}

/** Feeds of one process. Close them when it stops. */
export interface ProcessFeeds extends PresenceFeeds {
  /** Ends every watch, and rejects new ones. */
  close(): Promise<void>;
}

/** Maximum number of watchers: in a process, or on Workers of a room. */
export const MAX_WATCHERS = 10_000;
/** Maximum number of watchers of one user, counted as for {@link MAX_WATCHERS}. */
export const MAX_WATCHERS_OF_USER = 20;

/** The error with status 503, if no client can watch now. */
export const cannotWatch = (reason: 'too_many_watchers' | 'stopping' | 'not_bound' | 'lost'): LivekitException =>
  createException('watching_unavailable', 'Service Unavailable', { reason });

/** The error with status 429, if a user has too many watchers. */
export const watchesTooOften = (): LivekitException =>
  createException('too_many_requests', 'Too Many Requests', { reason: 'too_many_watchers' });

/**
 * Feeds of Workers without a Durable Object: watching is 503, because a request cannot write to the stream of another.
 */
export const noFeeds: PresenceFeeds = {
  changed: async () => {},
  async watch() {
    throw cannotWatch('not_bound');
  },
};
