/** Where rate limits are counted: in PostgreSQL, or in this process while PostgreSQL does not count them. */
import { nameOf } from '../errors.js';
import type { Log } from '../log.js';
import type { StoreFaultCause } from '../stores/store.js';

/** Milliseconds for which PostgreSQL is not asked after an error. */
const RETRY_MS = 5000;
const MISSING: StoreFaultCause = 'tables are missing';

/** A use of the database: only the outcome of one that began after the last error counts. */
type Attempt = number;

/**
 * Decides whether PostgreSQL is asked. After an error it is not asked for five seconds, and then by one request at a time,
 * so that an outage does not delay every request. The log has a line when the place changes.
 */
export class CountingPlace {
  readonly #log: Log;
  #isDatabase: boolean | undefined;
  #errors: Attempt = 0;
  #retryAt = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Begins a use of the database; `undefined` if it is not to be asked now. */
  attempt(now = Date.now()): Attempt | undefined {
    if (this.#isDatabase === false) {
      if (now < this.#retryAt) return undefined;
      this.#retryAt = now + RETRY_MS;
    }
    return this.#errors;
  }

  /** The database has counted. */
  succeeded(attempt: Attempt): void {
    if (attempt !== this.#errors || this.#isDatabase === true) return;
    this.#isDatabase = true;
    this.#log.info('Rate limits are counted in PostgreSQL');
  }

  /** The database has not counted, or not in time. */
  failed(attempt: Attempt, error: unknown): void {
    if (attempt !== this.#errors) return;
    this.#errors += 1;
    this.#retryAt = Date.now() + RETRY_MS;
    if (this.#isDatabase === false) return;
    this.#isDatabase = false;
    const name = nameOf(error);
    const until = name === MISSING ? 'the table RateLimit is there' : 'PostgreSQL answers';
    this.#log.warn(`Rate limits are counted in this process until ${until}`, { error: name });
  }
}
