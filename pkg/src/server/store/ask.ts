/** Asking the store: within a deadline, and whatever it does, nothing of it gets out. */
import type { Endpoint } from '../endpoint.js';
import type { Store } from './store.js';

/** Milliseconds after which a store counts as unavailable. */
const STORE_DEADLINE = 2000;

/** What the store answers; `null` if it fails or is too slow. Its error may hold what no log may. */
export async function askStore<T>({ store, log }: Endpoint, ask: (store: Store) => Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      log.error('The store did not answer', { milliseconds: STORE_DEADLINE });
      resolve(null);
    }, STORE_DEADLINE);
  });
  try {
    return await Promise.race([ask(store()), deadline]);
  } catch (error) {
    log.error('The store failed', { error: error instanceof Error ? error.name : typeof error });
    return null;
  } finally {
    clearTimeout(timer);
  }
}
