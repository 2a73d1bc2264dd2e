/** Parses `DATABASE_URL` without the package `postgres`, which may be missing. */
import { call } from '../../wasm/instance.js';
import { StoreFault, type StoreFaultCause } from './store.js';

/** Cause of the error for an invalid URL. */
export const INVALID_URL: StoreFaultCause = 'the URL of the database is invalid';

/** Parses a URL into an address and options. Throws a `StoreFault` that contains no part of the URL. */
export function parsedDatabaseUrl(url: string) {
  const parsed = call(({ parseDatabaseUrl }) => parseDatabaseUrl(url));
  if (parsed.error !== undefined) throw new StoreFault(INVALID_URL, parsed.error.message);
  return parsed;
}
