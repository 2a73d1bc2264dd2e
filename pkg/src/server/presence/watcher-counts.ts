/** Counts the watchers of a process and of each user. */
import { cannotWatch, MAX_WATCHERS, MAX_WATCHERS_OF_USER, watchesTooOften } from './feeds.js';

/**
 * Counts watchers. Users of different stores are different, even with the same id, because one process may serve
 * several applications with separate stores.
 */
export class WatcherCounts {
  readonly #bySource = new Map<object | undefined, Map<string, number>>();
  #watchers = 0;

  /** Counts a watcher. Returns a function that reverts that. Throws 429 or 503 at a limit. */
  add(userId: string, source: object | undefined): () => void {
    const ofUsers = this.#bySource.get(source) ?? new Map<string, number>();
    const ofUser = ofUsers.get(userId) ?? 0;
    if (ofUser >= MAX_WATCHERS_OF_USER) throw watchesTooOften();
    if (this.#watchers >= MAX_WATCHERS) throw cannotWatch('too_many_watchers');
    this.#watchers += 1;
    this.#bySource.set(source, ofUsers.set(userId, ofUser + 1));
    let isCounted = true;
    return () => {
      if (!isCounted) return;
      isCounted = false;
      this.#watchers -= 1;
      const left = (ofUsers.get(userId) ?? 1) - 1;
      if (left > 0) ofUsers.set(userId, left);
      else ofUsers.delete(userId);
      if (ofUsers.size === 0 && this.#bySource.get(source) === ofUsers) this.#bySource.delete(source);
    };
  }

  get watchers(): number {
    return this.#watchers;
  }

  /** Number of users with a watcher. */
  get users(): number {
    return [...this.#bySource.values()].reduce((sum, ofUsers) => sum + ofUsers.size, 0);
  }
}
