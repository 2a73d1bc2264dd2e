/** Signals that the presence of a room has changed, between those who change it and those who watch. */

/** Carries signals. A lost one is made up for by reading the room again each minute. */
export interface PresenceSignals {
  /** The presence of a room has changed. */
  changed(room: string): Promise<void>;
  /** Calls the listener for each change of the room, until the function that it returns is called. */
  listen(room: string, listener: () => void): () => void;
  /** Stops; later calls do nothing. */
  close?(): Promise<void>;
}

/** Listeners by room. */
export class Listeners {
  readonly #byRoom = new Map<string, Set<() => void>>();

  /** Whether no room has a listener. */
  get isEmpty(): boolean {
    return this.#byRoom.size === 0;
  }

  /** Adds a listener; the function that it returns removes it. */
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

  /** Calls all listeners: signals may have been lost. */
  callAll(): void {
    for (const room of [...this.#byRoom.keys()]) this.call(room);
  }
}

/** Signals within one process. */
export function memorySignals(): PresenceSignals {
  const listeners = new Listeners();
  return {
    changed: async (room) => listeners.call(room),
    listen: (room, listener) => listeners.add(room, listener),
  };
}
