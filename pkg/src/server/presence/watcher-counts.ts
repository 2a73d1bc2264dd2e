/** Counts the watchers of a process and of each user. */
import { cannotWatch, MAX_WATCHERS, MAX_WATCHERS_OF_USER, watchesTooOften } from './feeds.js';

/**
 * Counts watchers. Users of different stores are different, even with the same id, because one process may serve
 * several applications with separate stores.
 */
export class WatcherCounts {
  readonly #byStore = new Map<object | undefined, Map<string, number>>();
  #watchers = 0;

  /** Counts a watcher. Returns a function that reverts that. Throws 429 or 503 at a limit. */
  add(userId: string, store: object | undefined): () => void {
    const ofUsers = this.#byStore.get(store) ?? new Map<string, number>();
    const ofUser = ofUsers.get(userId) ?? 0;
    if (ofUser >= MAX_WATCHERS_OF_USER) throw watchesTooOften();
    if (this.#watchers >= MAX_WATCHERS) throw cannotWatch('too_many_watchers');
    this.#watchers += 1;
    this.#byStore.set(store, ofUsers.set(userId, ofUser + 1));
    let isCounted = true;
    return () => {
      if (!isCounted) return;
      isCounted = false;
      this.#watchers -= 1;
      const left = (ofUsers.get(userId) ?? 1) - 1;
      if (left > 0) ofUsers.set(userId, left);
      else ofUsers.delete(userId);
      if (ofUsers.size === 0 && this.#byStore.get(store) === ofUsers) this.#byStore.delete(store);
    };
  }

  get watchers(): number {
    return this.#watchers;
  }

  /** Number of users with a watcher. */
  get users(): number {
    return [...this.#byStore.values()].reduce((sum, ofUsers) => sum + ofUsers.size, 0);
  }
}
