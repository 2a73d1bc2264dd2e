/** Asks PostgreSQL a question, gives it up after two seconds, and never keeps a connection that is stuck. */
import postgres from 'postgres';
import { call } from '../../wasm/instance.js';
import { withTimeout } from '../timeout.js';
import { StoreFault } from './store.js';

/** Milliseconds for a question, as many as the endpoint waits. */
const TIMEOUT_MS = 2000;
/** Seconds in which those questions that others' connections are busy with may end. */
const GRACE = 1;

const SETTINGS = {
  connect_timeout: TIMEOUT_MS / 1000,
  idle_timeout: 30,
  // One question at a time on a connection: postgres.js gives the answer to a cancelled one to the next in line.
  max_pipeline: 0,
  // After an outage the next request shall find out at once that it is over.
  backoff: () => 0.1,
  // No question has an array or a type of the database's own in it.
  fetch_types: false,
  onnotice: () => {},
};
/** Connections of a pool, unless the address says how many. */
const MAX_CONNECTIONS = 10;

type Value = string | number | boolean | null;

/** As much of a `Sql` of postgres.js as is used. */
export interface PostgresSql {
  unsafe(text: string, values: Value[], options: { prepare: boolean }): PostgresQuery;
  end(options: { timeout: number }): Promise<void>;
}

/** A question that is under way. */
interface PostgresQuery extends PromiseLike<readonly unknown[]> {
  /** Of postgres.js, though not in its types: whether the server is at it, and who is to answer it. */
  readonly active?: boolean;
  readonly state?: unknown;
  cancel(): unknown;
}

/** A way to the database. */
export interface Connection {
  /** The rows that answer a statement. Rejects with a `StoreFault` only. */
  ask(text: string, values: Value[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Connects when first asked: in a pool, with a connection a question, or with what its owner has opened. Throws a `StoreFault`
 * for an address that is none.
 */
export function connection(database: string | PostgresSql, perRequest: boolean): Connection {
  if (typeof database !== 'string') return owned(database);
  return perRequest ? single(database) : pooled(database);
}

/**
 * How to open connections to an address, once its parameters are mapped: those of Prisma, of libpq and of hosting companies.
 * Throws a `StoreFault` that says which of them cannot be used, without any part of it.
 */
function opening(url: string): (max?: number) => PostgresSql {
  const given = call(({ parseDatabaseUrl }) => parseDatabaseUrl(url));
  if (given.error !== undefined) throw new StoreFault(INVALID, given.error.message);
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
      throw new StoreFault(INVALID, 'DATABASE_URL is not a URL');
    }
  };
}

const INVALID = 'the address of the database is invalid';

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
        // Some of its connections may be waiting for a server that is gone, and a cancelling that arrives late would
        // meet the wrong question: both can happen only to a pool that is still used.
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
  // Made now, so that an address which is none throws now; it connects when it is asked.
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
      // PostgreSQL cancels what the connection is at when the cancelling arrives: that may be a question of its owner's.
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
  // One that waits behind another on its connection is not for cancelling: that would end the other.
  const waitsInLine = query.state != null && query.active === false;
  if (!waitsInLine) quietly(query.cancel());
}

/** What may be told of an error: a driver's texts hold addresses, names and values. */
function fault(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (code === '42P01' || code === '42703') return new StoreFault('tables are missing');
  if (name === 'PostgresError' && /^[0-9A-Z]{5}$/.test(String(code))) return new StoreFault(`SQLSTATE ${String(code)}`);
  return new StoreFault('the database cannot be reached');
}

/** Lets something end by itself, whether it succeeds or not. */
function quietly(ending: unknown): void {
  Promise.resolve(ending).catch(() => {});
}
