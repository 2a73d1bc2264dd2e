/** The interface for queries of a D1 database or SQLite file. */
import type { Statement } from './presence.sql.js';

/** Queries of a database. */
export interface SqlQueries {
  /** Runs a statement and returns its rows. */
  all(statement: Statement): Promise<unknown[]>;
  /** Runs statements in one transaction, and returns the rows of the last one. */
  transaction(statements: readonly Statement[]): Promise<unknown[]>;
}
