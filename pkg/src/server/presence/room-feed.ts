/** The feed of one watched room in a process. Changes are read once, and sent to every watcher. */
import { storeUnavailable } from '../errors.js';
import { coalesced } from './coalesced.js';
import { EventLog, newLogId } from './event-log.js';
import type { ReadRoom, Watcher } from './feeds.js';
import type { PresenceSignals } from './signals.js';

/** Milliseconds after which a room is read without a signal, in case one was lost. */
export const REREAD_MS = 60_000;
/** Milliseconds after which a failed read is retried. */
export const RETRY_MS = 5000;

/** Reads a room on each signal while it is watched, and up to a minute longer for clients that reconnect. */
export class RoomFeed {
  readonly #room: string;
  readonly #read: ReadRoom;
  readonly #onIdle: () => void;
  readonly #watchers = new Set<Watcher>();
  readonly #refresh = coalesced(() => this.#readAndSend());
  readonly #unlisten: () => void;
  readonly #started: Promise<EventLog>;
  readonly #timer: ReturnType<typeof setInterval>;
  #log: EventLog | undefined;
  #isClosed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** Starts reading. `onIdle` is called after a minute without a watcher. */
  constructor(room: string, signals: PresenceSignals, read: ReadRoom, onIdle: () => void) {
    this.#room = room;
    this.#read = read;
    this.#onIdle = onIdle;
    // Before the first read, so that no change is missed.
    this.#unlisten = signals.listen(room, () => void this.#refresh());
    this.#timer = setInterval(() => this.#tick(), REREAD_MS);
    unref(this.#timer);
    this.#started = this.#refresh().then(() => {
      if (this.#log === undefined) throw storeUnavailable();
      return this.#log;
    });
    this.#started.catch(() => {});
  }

  /** Sends a watcher the events that it lacks, and then every change. Rejects with 503 if the room cannot be read. */
  async add(watcher: Watcher): Promise<() => void> {
    const log = await this.#started;
    for (const text of log.since(watcher.lastEventId)) watcher.send(text);
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Ends all watches. */
  close(): void {
    this.#isClosed = true;
    this.#unlisten();
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }

  #tick(): void {
    if (this.#watchers.size === 0) this.#onIdle();
    else void this.#refresh();
  }

  /** Reads the room and sends changes. Never rejects: a failed read is retried. */
  async #readAndSend(): Promise<void> {
    clearTimeout(this.#retry);
    const present = await this.#read().catch(() => null);
    if (this.#isClosed) return;
    if (present === null) {
      this.#retry = setTimeout(() => void this.#refresh(), RETRY_MS);
      unref(this.#retry);
      return;
    }
    if (this.#log === undefined) {
      this.#log = new EventLog(this.#room, { id: newLogId(), ...present });
      return;
    }
    for (const text of this.#log.apply(present)) {
      // A copy, because a watcher that is too slow removes itself.
      for (const watcher of [...this.#watchers]) watcher.send(text);
    }
  }
}

/** Prevents a timer of Node from keeping the process running. */
function unref(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}
