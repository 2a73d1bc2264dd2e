/** Connections to PostgreSQL: each query has a timeout of two seconds, and a stuck connection is closed. */
import postgres from 'postgres';
import { withTimeout } from '../timeout.js';
import { INVALID_URL, parsedDatabaseUrl } from './database-url.js';
import { StoreFault } from './store.js';

/** Milliseconds for a query, the same as the endpoint's timeout of a store. */
const TIMEOUT_MS = 2000;
/** Seconds in which the queries on the other connections of a replaced pool may end. */
const GRACE = 1;

const SETTINGS = {
  connect_timeout: TIMEOUT_MS / 1000,
  idle_timeout: 30,
  // One query at a time on a connection: postgres.js gives the answer to a cancelled one to the next.
  max_pipeline: 0,
  // So that the first request after an outage reconnects at once.
  backoff: () => 0.1,
  // No query has arrays or the database's own types.
  fetch_types: false,
  onnotice: () => {},
};
/** Default maximum number of connections of a pool. */
const MAX_CONNECTIONS = 10;

/** A value for a parameter of a statement. */
export type Value = string | number | boolean | null;

/** The part of a `Sql` of postgres.js that is used. */
export interface PostgresSql {
  /** Runs a statement with parameters. */
  unsafe(text: string, values: Value[], options: { prepare: boolean }): PostgresQuery;
  /** Closes the connections. */
  end(options: { timeout: number }): Promise<void>;
}

/** A query in progress. */
export interface PostgresQuery extends PromiseLike<readonly unknown[]> {
  /** Of postgres.js, though not in its types: whether the server executes the query, and on which connection. */
  readonly active?: boolean;
  /** The connection that executes the query. */
  readonly state?: unknown;
  /** Cancels the query. */
  cancel(): unknown;
}

/** A connection, or a pool of them. */
export interface Connection {
  /** The rows of a statement. Rejects with a `StoreFault` only. */
  ask(text: string, values: Value[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Connects for the first query: with a pool, with one connection for each query, or with the `Sql` that its owner has opened.
 * Throws a `StoreFault` for an invalid URL.
 */
export function connection(database: string | PostgresSql, perRequest: boolean): Connection {
  if (typeof database !== 'string') return owned(database);
  return perRequest ? single(database) : pooled(database);
}

/**
 * Opens connections to a URL, with its parameters mapped: those of Prisma, of libpq and of hosting companies. Throws a
 * `StoreFault` that has the position of an unusable parameter, and no part of the URL.
 */
function opening(url: string): (max?: number) => PostgresSql {
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
  return (max = given.max ?? MAX_CONNECTIONS) => {
    try {
      return postgres(given.address, { ...options, max } as postgres.Options<never>) as PostgresSql;
    } catch {
      throw new StoreFault(INVALID_URL, 'DATABASE_URL is not a URL');
    }
  };
}

function pooled(url: string): Connection {
  const open = opening(url);
  let pool = open();
  let closed = false;
  return {
    ask: async (text, values) => {
      if (closed) throw new StoreFault('the store is closed');
      const asked = pool;
      return askWithin(asked, text, values, (query) => {
        cancel(query);
        // The pool is replaced: some of its connections may wait for a server that is gone, and a late cancellation would
        // cancel the wrong query.
        if (asked !== pool || closed) return;
        pool = open();
        quietly(asked.end({ timeout: GRACE }));
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
  // Created now, so that an invalid URL throws now; it connects for the first query.
  let first: PostgresSql | undefined = open(1);
  let closed = false;
  return {
    async ask(text, values) {
      if (closed) throw new StoreFault('the store is closed');
      const sql = first ?? open(1);
      first = undefined;
      try {
        return await askWithin(sql, text, values, cancel);
      } finally {
        quietly(sql.end({ timeout: 0 }));
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
      // Not cancelled: PostgreSQL cancels what the connection executes when the cancellation arrives, perhaps a query of its owner.
      return askWithin(sql, text, values, () => {});
    },
    close: async () => {
      closed = true;
    },
  };
}

async function askWithin(sql: PostgresSql, text: string, values: Value[], late: (query: PostgresQuery) => void) {
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
  // A query that waits behind another on its connection is not cancelled: that would cancel the other.
  const waitsInLine = query.state != null && query.active === false;
  if (!waitsInLine) quietly(query.cancel());
}

/** The `StoreFault` of an error. A driver's messages contain addresses, names and values, and are dropped. */
function fault(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (code === '42P01' || code === '42703') return new StoreFault('tables are missing');
  if (name === 'PostgresError' && /^[0-9A-Z]{5}$/.test(String(code))) return new StoreFault(`SQLSTATE ${String(code)}`);
  return new StoreFault('the database cannot be reached');
}

/** Ignores the result of a promise. */
function quietly(ending: unknown): void {
  Promise.resolve(ending).catch(() => {});
}
