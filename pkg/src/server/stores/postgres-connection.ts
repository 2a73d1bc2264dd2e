/**
 * Connections to PostgreSQL, with a timeout of two seconds for each query. A connection that does not answer is closed.
 */
import postgres from 'postgres';
import { withTimeout } from '../timeout.js';
import { INVALID_URL, parsedDatabaseUrl } from './database-url.js';
import { StoreFault } from './store.js';

/** Timeout of a query in milliseconds, the same as the endpoint's timeout of a store. */
const TIMEOUT_MS = 2000;
/** Seconds for the other queries of a replaced pool to finish. */
const GRACE = 1;

const SETTINGS = {
  connect_timeout: TIMEOUT_MS / 1000,
  idle_timeout: 30,
  // One query at a time on a connection, because postgres.js passes the result of a cancelled query to the next one.
  max_pipeline: 0,
  // A short delay, so that the first request after an outage reconnects immediately.
  backoff: () => 0.1,
  // No query uses arrays or custom types.
  fetch_types: false,
  onnotice: () => {},
};
/** Default maximum number of connections of a pool. */
const MAX_CONNECTIONS = 10;

/** A value for a parameter of a statement. */
export type Value = string | number | boolean | null;

/** The used part of a `Sql` of postgres.js. */
export interface PostgresSql {
  /** Runs a statement with parameters. */
  unsafe(text: string, values: Value[], options: { prepare: boolean }): PostgresQuery;
  /** Closes the connections. */
  end(options: { timeout: number }): Promise<void>;
}

/** A query in progress. */
export interface PostgresQuery extends PromiseLike<readonly unknown[]> {
  /** True while the server executes the query. A property of postgres.js that is missing in its types. */
  readonly active?: boolean;
  /** The connection of the query. Also missing in the types of postgres.js. */
  readonly state?: unknown;
  /** Cancels the query. */
  cancel(): unknown;
}

/** A connection, or a pool of them. */
export interface Connection {
  /** Runs a statement and returns its rows. Rejects only with a `StoreFault`. */
  ask(text: string, values: Value[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Creates a pool of at most `max` connections (default: as in the URL), one connection for each query, or uses the
 * `Sql` of the application. It connects for the first query. Throws a `StoreFault` for an invalid URL.
 */
export function connection(database: string | PostgresSql, perRequest: boolean, max?: number): Connection {
  if (typeof database !== 'string') return owned(database);
  return perRequest ? single(database) : pooled(database, max);
}

/**
 * Parses a URL, and returns a function that opens connections. Parameters of Prisma, libpq and hosting companies are
 * converted. Throws a `StoreFault` with the position of an invalid parameter, and no part of the URL.
 */
export function opening(url: string): (max?: number, overrides?: object) => PostgresSql {
  const given = parsedDatabaseUrl(url);
  const { ssl, maxLifetime, targetSessionAttrs } = given;
  const options = {
    ...SETTINGS,
    prepare: given.prepare,
    connection: { application_name: 'livekit-edge', ...Object.fromEntries(given.parameters) },
    ...(given.host === undefined ? {} : { host: given.host }),
    ...(ssl === undefined ? {} : { ssl: ssl === 'false' ? false : ssl }),
    ...(given.directSsl ? { sslnegotiation: 'direct' } : {}),
    ...(maxLifetime === undefined ? {} : { max_lifetime: maxLifetime }),
    ...(targetSessionAttrs === undefined ? {} : { target_session_attrs: targetSessionAttrs }),
  };
  return (max = given.max ?? MAX_CONNECTIONS, overrides = {}) => {
    try {
      return postgres(given.address, { ...options, max, ...overrides } as postgres.Options<never>) as PostgresSql;
    } catch {
      throw new StoreFault(INVALID_URL, 'DATABASE_URL is not a URL');
    }
  };
}

function pooled(url: string, max?: number): Connection {
  const opened = opening(url);
  const open = () => opened(max);
  let pool = open();
  let closed = false;
  return {
    ask: async (text, values) => {
      if (closed) throw new StoreFault('the store is closed');
      const asked = pool;
      return askWithTimeout(asked, text, values, (query) => {
        cancel(query);
        // The pool is replaced, because some of its connections may wait for a server that is gone, and a delayed
        // cancellation could cancel the wrong query.
        if (asked !== pool || closed) return;
        pool = open();
        ignoreRejection(asked.end({ timeout: GRACE }));
      });
    },
    close: () => {
      closed = true;
      return pool.end({ timeout: GRACE });
    },
  };
}

function single(url: string): Connection {
  const open = opening(url);
  // Created now, so that an invalid URL throws immediately. It connects for the first query.
  let first: PostgresSql | undefined = open(1);
  let closed = false;
  return {
    async ask(text, values) {
      if (closed) throw new StoreFault('the store is closed');
      const sql = first ?? open(1);
      first = undefined;
      try {
        return await askWithTimeout(sql, text, values, cancel);
      } finally {
        ignoreRejection(sql.end({ timeout: 0 }));
      }
    },
    close: async () => {
      closed = true;
    },
  };
}

function owned(sql: PostgresSql): Connection {
  let closed = false;
  return {
    ask: async (text, values) => {
      if (closed) throw new StoreFault('the store is closed');
      // Not cancelled, because the connection may already execute a query of the application when PostgreSQL receives
      // the cancellation.
      return askWithTimeout(sql, text, values, () => {});
    },
    close: async () => {
      closed = true;
    },
  };
}

async function askWithTimeout(sql: PostgresSql, text: string, values: Value[], late: (query: PostgresQuery) => void) {
  const query = sql.unsafe(text, values, { prepare: true });
  const giveUp = (): never => {
    throw new StoreFault('the database did not answer in time');
  };
  try {
    return await withTimeout(TIMEOUT_MS, () => query, giveUp);
  } catch (error) {
    if (error instanceof StoreFault) late(query);
    throw fault(error);
  }
}

function cancel(query: PostgresQuery): void {
  // A query that waits behind another one on its connection is not cancelled, because that would cancel the other.
  const waitsInLine = query.state != null && query.active === false;
  if (!waitsInLine) ignoreRejection(query.cancel());
}

/**
 * Converts an error into a `StoreFault`. The driver's message is dropped, because it contains addresses, names and
 * values.
 */
function fault(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (code === '42P01' || code === '42703') return new StoreFault('tables are missing');
  if (name === 'PostgresError' && /^[0-9A-Z]{5}$/.test(String(code))) return new StoreFault(`SQLSTATE ${String(code)}`);
  return new StoreFault('the database cannot be reached');
}

/** Ignores the result of a promise. */
export function ignoreRejection(ending: unknown): void {
  Promise.resolve(ending).catch(() => {});
}
