/**
 * Database client for rate-limiter-flexible that limits the time of a query, the number of rows, and the queries in an
 * outage.
 */
import type { Log } from '../log.js';
import type { Connection, Value } from '../stores/postgres-connection.js';
import { StoreFault } from '../stores/store.js';
import { withTimeout } from '../timeout.js';
import { CountingPlace } from './counting-place.js';

/** The table of `postgres/0008_rate_limits.sql`. */
export const TABLE = 'RateLimit';

/** Limits of a client. */
export interface CountingBounds {
  /** Timeout of a query in milliseconds. */
  readonly timeout: number;
  /** Maximum number of new keys in a minute, for one process. */
  readonly maxKeys: number;
}

const BOUNDS: CountingBounds = { timeout: 500, maxKeys: 50_000 };
const MINUTE_MS = 60_000;

/**
 * Number of queries after which expired rows are removed. Twice as many rows are removed then, so that the table
 * shrinks even in a flood.
 */
const SWEEP_EVERY = 500;
/** Milliseconds after expiry at which a row is removed, since the clocks of processes differ. */
const KEEP_MS = MINUTE_MS;
const SWEEP = `
  DELETE FROM "${TABLE}" WHERE "key" = ANY (ARRAY(
    SELECT "key" FROM "${TABLE}" WHERE "expire" < $1 ORDER BY "expire" LIMIT ${2 * SWEEP_EVERY} FOR UPDATE SKIP LOCKED
  ))`;
const PROBE = `SELECT "key", "points", "expire" FROM "${TABLE}" LIMIT 0`;

/** A statement of the limiter. */
interface Query {
  readonly text: string;
  readonly values: Value[];
}

/** Runs the statements of a process's limiters. After a rejection the limiter counts in memory. */
export class CountingClient {
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #bounds: CountingBounds;
  readonly #place: CountingPlace;
  #counts = 0;
  #sweptAt = 0;
  #begun = 0;
  #minuteEnds = 0;

  constructor(connection: Connection, log: Log, bounds: Partial<CountingBounds> = {}) {
    this.#connection = connection;
    this.#log = log;
    this.#bounds = { ...BOUNDS, ...bounds };
    this.#place = new CountingPlace(log);
  }

  /** Checks in the background whether the database can count, for the log. */
  probe(): void {
    const attempt = this.#place.attempt();
    if (attempt === undefined) return;
    this.#connection.ask(PROBE, []).then(
      () => this.#place.succeeded(attempt),
      (error: unknown) => this.#place.failed(attempt, error),
    );
  }

  /** Runs a statement. Rejects after half a second, and immediately while the database is not used. */
  async query({ text, values }: Query): Promise<{ rows: readonly unknown[] }> {
    const attempt = this.#isFull() ? undefined : this.#place.attempt();
    if (attempt === undefined) throw NOT_ASKED;
    try {
      const rows = await withTimeout(this.#bounds.timeout, () => this.#connection.ask(text, values), giveUp);
      this.#place.succeeded(attempt);
      this.#sweep();
      return { rows };
    } catch (error) {
      this.#place.failed(attempt, error);
      throw error;
    }
  }

  /** Counts a new key, which is a new row. */
  begin(): void {
    this.#begun += 1;
    if (this.#begun === this.#bounds.maxKeys) {
      this.#log.warn('Rate limits are counted in this process for a minute: too many clients', {
        clients: this.#begun,
      });
    }
  }

  #isFull(now = Date.now()): boolean {
    if (now >= this.#minuteEnds) {
      this.#minuteEnds = now + MINUTE_MS;
      this.#begun = 0;
    }
    return this.#begun >= this.#bounds.maxKeys;
  }

  /** Removes expired rows in the background, after every few queries. */
  #sweep(now = Date.now()): void {
    this.#counts += 1;
    if (this.#counts < SWEEP_EVERY && now < this.#sweptAt + MINUTE_MS) return;
    this.#counts = 0;
    this.#sweptAt = now;
    // Ignored: the next sweep removes these rows.
    this.#connection.ask(SWEEP, [now - KEEP_MS]).catch(() => {});
  }
}

/** Created once, because a flood would create an error for each request. */
const NOT_ASKED = new StoreFault('the database cannot be reached');

function giveUp(): never {
  throw new StoreFault('the database did not answer in time');
}
