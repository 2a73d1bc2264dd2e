/**
 * Remembers when the rooms that this process has compared with LiveKit are due again, which saves a query of the store.
 */

/** Maximum number of rooms that a process remembers. */
const MAX_REMEMBERED = 10_000;

/** Times at which rooms are due, in Unix milliseconds, by name. */
export class DueRooms {
  readonly #from = new Map<string, number>();

  isDue(room: string, now: number): boolean {
    return (this.#from.get(room) ?? 0) <= now;
  }

  postpone(room: string, until: number): void {
    if (this.#from.size >= MAX_REMEMBERED) this.#from.clear();
    this.#from.set(room, until);
  }
}
