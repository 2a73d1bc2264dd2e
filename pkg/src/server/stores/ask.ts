/** Calls the store with a timeout, and logs its errors without their messages. */

import type { Endpoint } from '../endpoint.js';
import { errorName, storeUnavailable } from '../errors.js';
import { withTimeout } from '../timeout.js';
import { type Store, StoreFault } from './store.js';

/** Timeout of a store in milliseconds. */
const TIMEOUT_MS = 2000;

/**
 * Calls the store; `null` after an error or the timeout. The message of an error is not logged, because it may contain
 * secrets.
 */
export async function askStore<T>(
  { store, log }: Pick<Endpoint, 'store' | 'log'>,
  ask: (store: Store) => Promise<T>,
): Promise<T | null> {
  const late = () => {
    log.error('The store did not answer', { milliseconds: TIMEOUT_MS });
    return null;
  };
  try {
    return await withTimeout<T | null>(TIMEOUT_MS, () => ask(opened(store)), late);
  } catch (error) {
    log.error('The store failed', { error: errorName(error) });
    return null;
  }
}

/** As {@link askStore}, but throws 503 instead of returning `null`. */
export async function askStoreOrThrow<T>(
  endpoint: Pick<Endpoint, 'store' | 'log'>,
  ask: (store: Store) => Promise<T>,
): Promise<T> {
  // In an object, because the result may itself be `null`.
  const answer = await askStore(endpoint, async (store) => ({ value: await ask(store) }));
  if (answer === null) throw storeUnavailable();
  return answer.value;
}

function opened(store: Endpoint['store']): Store {
  if (store === undefined) throw new StoreFault('no database is bound');
  return store();
}
