/** Shares the connection of a PostgreSQL store with other users of the database in the process. */
import type { Connection } from './postgres-connection.js';

/** Connections by store, so that the store's public type needs no method for this. */
const CONNECTIONS = new WeakMap<object, Connection>();

/** Shares the connection of a store. */
export function shareConnection<Opened extends object>(store: Opened, connection: Connection): Opened {
  CONNECTIONS.set(store, connection);
  return store;
}

/**
 * Returns the connection of a store; `undefined` for another database, and for a store that connects for each query.
 */
export const sharedConnection = (store: unknown): Connection | undefined => CONNECTIONS.get(Object(store));
