/** The interface of what pushes changes of presence to those who watch a room. */
import { createException, type LivekitException } from '../../exception.js';
import type { Present } from './participant.js';

/** A client that watches a room. */
export interface Watcher {
  /** The user's id: a user may watch 20 times at once. */
  readonly userId: string;
  /** The id of the last event that the client has, if it says so: any string. */
  readonly lastEventId: string | undefined;
  /** Gets the text of each event, the first ones before the watch begins. */
  send(text: string): void;
  /** Is told that no more events come; the client may reconnect. */
  end(): void;
}

/** Who is in the room now, by the store of the request; rejects, or resolves with `null`, if the store does not answer. */
export type ReadRoom = () => Promise<Present | null>;

/** Pushes changes of presence to those who watch a room. */
export interface PresenceFeeds {
  /** Is told that the presence of a room has changed, or may have. */
  changed(room: string): Promise<void>;
  /**
   * Sends the events of a room to a watcher until the function that it returns is called. Rejects with 429 for too many watchers
   * of one user, and with 503. `source` is what `read` reads: rooms of one name, and users of one id, are others in another source.
   */
  watch(room: string, watcher: Watcher, read: ReadRoom, source?: object): Promise<() => void>;
  /** Ends every watch, and refuses new ones. */
  close?(): Promise<void>;
}

/** Feeds of a process. Close them when it stops. */
export interface ProcessFeeds extends PresenceFeeds {
  /** Ends every watch, and refuses new ones. */
  close(): Promise<void>;
}

/** Maximum number of watchers: of a process, or on Workers of a room. */
export const MAX_WATCHERS = 10_000;
/** Maximum number of watchers of one user, counted as {@link MAX_WATCHERS} are. */
export const MAX_WATCHERS_OF_USER = 20;

/** 503: no client can watch now. */
export const cannotWatch = (reason: 'too_many_watchers' | 'stopping' | 'not_bound' | 'lost'): LivekitException =>
  createException('watching_unavailable', 'Service Unavailable', { reason });

/** 429: this user watches too often. */
export const watchesTooOften = (): LivekitException =>
  createException('too_many_requests', 'Too Many Requests', { reason: 'too_many_watchers' });

/** On Workers without a Durable Object: one request cannot write to the stream of another. */
export const noFeeds: PresenceFeeds = {
  changed: async () => {},
  async watch() {
    throw cannotWatch('not_bound');
  },
};
