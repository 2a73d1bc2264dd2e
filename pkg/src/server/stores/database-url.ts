/** `DATABASE_URL`, parsed without the package `postgres`, which may be missing. */
import { call } from '../../wasm/instance.js';
import { StoreFault, type StoreFaultCause } from './store.js';

/** Cause of the error of an unusable URL. */
export const INVALID_URL: StoreFaultCause = 'the address of the database is invalid';

/** The address and options of a URL. Throws a `StoreFault` that has no part of the URL. */
export function parsedDatabaseUrl(url: string) {
  const parsed = call(({ parseDatabaseUrl }) => parseDatabaseUrl(url));
  if (parsed.error !== undefined) throw new StoreFault(INVALID_URL, parsed.error.message);
  return parsed;
}
