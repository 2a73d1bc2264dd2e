/** The client of a database as rate-limiter-flexible wants it, bounded in time, in rows and in queries during an outage. */
import type { Log } from '../log.js';
import type { Connection, Value } from '../stores/postgres-connection.js';
import { StoreFault } from '../stores/store.js';
import { withTimeout } from '../timeout.js';
import { CountingPlace } from './counting-place.js';

/** The table of `postgres/0008_rate_limits.sql`. */
export const TABLE = 'RateLimit';

/** What a client may use. */
export interface CountingBounds {
  /** Milliseconds that a request waits for its count. */
  readonly timeout: number;
  /** Keys that a process may begin in the table in a minute. */
  readonly maxKeys: number;
}

const BOUNDS: CountingBounds = { timeout: 500, maxKeys: 50_000 };
const MINUTE_MS = 60_000;

/** Counts after which expired rows are removed: of twice as many rows, so that a flood cannot outrun it. */
const SWEEP_EVERY = 500;
/** Rows are kept for another minute, since the clocks of processes differ. */
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

/** Runs the statements of the limiters of a process. A rejection means that the process has to count by itself. */
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

  /** Finds out whether the database can count, for the log: no request waits for it, so that it may take as long as any query. */
  probe(): void {
    const attempt = this.#place.attempt();
    if (attempt === undefined) return;
    this.#connection.ask(PROBE, []).then(
      () => this.#place.succeeded(attempt),
      (error: unknown) => this.#place.failed(attempt, error),
    );
  }

  /** Runs a statement. Rejects after half a second, and at once while the database is not asked. */
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

  /** Notes that a key has begun its minute, which is a new row. */
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

  /** Removes expired rows, now and then, without being waited for. */
  #sweep(now = Date.now()): void {
    this.#counts += 1;
    if (this.#counts < SWEEP_EVERY && now < this.#sweptAt + MINUTE_MS) return;
    this.#counts = 0;
    this.#sweptAt = now;
    // The next one removes what this one does not.
    this.#connection.ask(SWEEP, [now - KEEP_MS]).catch(() => {});
  }
}

/** Created once: its stack is not read, and a flood would create one for each request. */
const NOT_ASKED = new StoreFault('the database cannot be reached');

function giveUp(): never {
  throw new StoreFault('the database did not answer in time');
}
