/** Results of SQLite and D1 → results of a store. */
import type { Layout } from './layouts.js';
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
  const { overwrites, cutOffs, moderation } = row as Record<keyof Layout, unknown>;
  return { overwrites: overwrites === 1, cutOffs: cutOffs === 1, moderation: moderation === 1 };
}

/** The end of a kick, in the row of it. */
export function untilOf(row: unknown): number {
  const until: unknown = Object(row).until;
  if (typeof until !== 'number') throw new TypeError('A kick has no end');
  return until;
}

/** The ids of users, of rows that have nothing else. */
export const userIdsOf = (rows: readonly unknown[]): string[] => rows.map((row) => (row as { userId: string }).userId);

/** The `StoreFault` for an error of SQLite, or the error itself. */
export const sqliteFault = (error: unknown): unknown =>
  /no such (table|column)/.test(String(error)) ? new StoreFault('tables are missing') : error;
