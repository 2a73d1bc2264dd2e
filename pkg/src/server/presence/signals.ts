/** Signals that the presence of a room has changed. */

/** Sends and receives signals. A lost signal does no harm: watched rooms are also read every minute. */
export interface PresenceSignals {
  /** Sends the signal that the presence of a room has changed. */
  changed(room: string): Promise<void>;
  /** Calls the listener on each signal for a room. Returns a function that stops it. */
  listen(room: string, listener: () => void): () => void;
  /** Stops sending and receiving. Later calls do nothing. */
  close?(): Promise<void>;
}

/** The listeners of each room. */
export class Listeners {
  readonly #byRoom = new Map<string, Set<() => void>>();

  /** True if no room has a listener. */
  get isEmpty(): boolean {
    return this.#byRoom.size === 0;
  }

  /** Adds a listener. Returns a function that removes it. */
  add(room: string, listener: () => void): () => void {
    const listeners = this.#byRoom.get(room) ?? new Set();
    this.#byRoom.set(room, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byRoom.get(room) === listeners) this.#byRoom.delete(room);
    };
  }

  /** Calls the listeners of a room. */
  call(room: string): void {
    for (const listener of this.#byRoom.get(room) ?? []) listener();
  }

  /** Calls all listeners, after signals may have been lost. */
  callAll(): void {
    for (const room of [...this.#byRoom.keys()]) this.call(room);
  }
}

/** Creates signals within one process. */
export function memorySignals(): PresenceSignals {
  const listeners = new Listeners();
  return {
    changed: async (room) => listeners.call(room),
    listen: (room, listener) => listeners.add(room, listener),
  };
}
