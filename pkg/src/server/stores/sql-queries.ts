/** How a D1 database and a SQLite file are queried. */
import type { Statement } from './presence.sql.js';

/** What is asked of a database. */
export interface SqlQueries {
  /** The rows of a statement. */
  all(statement: Statement): Promise<unknown[]>;
  /** Runs statements as one transaction, and returns the rows of the last one. */
  transaction(statements: readonly Statement[]): Promise<unknown[]>;
}
