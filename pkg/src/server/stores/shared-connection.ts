/** The connection of a PostgreSQL store, for what else a process keeps in that database. */
import type { Connection } from './postgres-connection.js';

/** By the store, so that its public type has no method for it. */
const CONNECTIONS = new WeakMap<object, Connection>();

/** Lets others use the connection of a store. */
export function shareConnection<Opened extends object>(store: Opened, connection: Connection): Opened {
  CONNECTIONS.set(store, connection);
  return store;
}

/** The connection of a store; `undefined` for a store on another database, or on one connection for each query. */
export const sharedConnection = (store: unknown): Connection | undefined => CONNECTIONS.get(Object(store));
