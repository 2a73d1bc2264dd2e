/** Results of SQLite and D1 → results of a store. */
import type { Layout } from './layouts.js';
import type { RoomKind } from './rooms.js';
import { type FactsRow, StoreFault } from './store.js';

/**
 * The row of facts, if there is one: actions and overwrites come as JSON text, the actions as an array for each role, because
 * SQLite takes longer to join them than JavaScript does.
 */
export function factsRow(row: unknown): FactsRow | null {
  if (row === null || row === undefined) return null;
  const facts = row as FactsRow & { actions: string; overwrites: string };
  const actions = [...new Set(JSON.parse(facts.actions).flat())];
  return { ...facts, actions, overwrites: JSON.parse(facts.overwrites) };
}

/** A layout whose flags are 0 and 1. */
export function layoutOf(row: unknown): Layout {
  const { overwrites, cutOffs } = row as Record<keyof Layout, unknown>;
  return { overwrites: overwrites === 1, cutOffs: cutOffs === 1 };
}

/** What a room is. */
export const kindOf = (row: unknown): RoomKind | null => (row as { kind: RoomKind | null }).kind;

/** The `StoreFault` for an error of SQLite, or the error itself. */
export const sqliteFault = (error: unknown): unknown =>
  /no such (table|column)/.test(String(error)) ? new StoreFault('tables are missing') : error;
