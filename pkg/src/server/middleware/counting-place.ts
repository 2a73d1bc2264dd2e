/** Decides where rate limits are counted: in PostgreSQL or, while that fails, in this process. */
import { errorName } from '../errors.js';
import type { Log } from '../log.js';
import type { StoreFaultCause } from '../stores/store.js';

/** Milliseconds for which PostgreSQL is not used after an error. */
const RETRY_MS = 5000;
const MISSING: StoreFaultCause = 'tables are missing';

/** Number of errors when an attempt started. Only an attempt that started after the last error can end the outage. */
type Attempt = number;

/**
 * Decides whether PostgreSQL is used. After an error it is not used for five seconds, and then by one request at a
 * time, so that an outage does not delay every request. Each change is logged.
 */
export class CountingPlace {
  readonly #log: Log;
  #isDatabase: boolean | undefined;
  #errors: Attempt = 0;
  #retryAt = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Starts an attempt; `undefined` if PostgreSQL must not be used now. */
  attempt(now = Date.now()): Attempt | undefined {
    if (this.#isDatabase === false) {
      if (now < this.#retryAt) return undefined;
      this.#retryAt = now + RETRY_MS;
    }
    return this.#errors;
  }

  /** Records that PostgreSQL has counted. */
  succeeded(attempt: Attempt): void {
    if (attempt !== this.#errors || this.#isDatabase === true) return;
    this.#isDatabase = true;
    this.#log.info('Rate limits are counted in PostgreSQL');
  }

  /** Records an error or timeout of PostgreSQL. */
  failed(attempt: Attempt, error: unknown): void {
    if (attempt !== this.#errors) return;
    this.#errors += 1;
    this.#retryAt = Date.now() + RETRY_MS;
    if (this.#isDatabase === false) return;
    this.#isDatabase = false;
    const name = errorName(error);
    const until = name === MISSING ? 'the table RateLimit is there' : 'PostgreSQL answers';
    this.#log.warn(`Rate limits are counted in this process until ${until}`, { error: name });
  }
}
