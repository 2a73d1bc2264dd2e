/** Converts rows of SQLite and D1 into results of a store. */
import type { Layout } from './layouts.js';
import type { RoomKind } from './rooms.js';
import { type FactsRow, StoreFault } from './store.js';

/**
 * Converts a row of facts. Actions and overwrites are JSON text. Actions are one array for each role, because
 * JavaScript joins them faster than SQLite.
 */
export function factsRow(row: unknown): FactsRow | null {
  if (row === null || row === undefined) return null;
  const facts = row as FactsRow & { actions: string; overwrites: string };
  const actions = [...new Set(JSON.parse(facts.actions).flat())];
  return { ...facts, actions, overwrites: JSON.parse(facts.overwrites) };
}

/** Converts a layout, whose flags are 0 and 1. */
export function toLayout(row: unknown): Layout {
  const { overwrites, cutOffs, moderation } = row as Record<keyof Layout, unknown>;
  return { overwrites: overwrites === 1, cutOffs: cutOffs === 1, moderation: moderation === 1 };
}

/** Returns the kind in a row. */
export const roomKindIn = (row: unknown): RoomKind | null => (row as { kind: RoomKind | null }).kind;
/** Returns the end of the kick in a row. */
export function kickEndIn(row: unknown): number {
  const until: unknown = Object(row).until;
  if (typeof until !== 'number') throw new TypeError('A kick has no end');
  return until;
}

/** Returns the user ids in rows. */
export const userIdsIn = (rows: readonly unknown[]): string[] => rows.map((row) => (row as { userId: string }).userId);

/** Converts an error of SQLite into a `StoreFault`; any other error is returned unchanged. */
export const sqliteFault = (error: unknown): unknown =>
  /no such (table|column)/.test(String(error)) ? new StoreFault('tables are missing') : error;
