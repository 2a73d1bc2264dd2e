/** What SQLite and D1 answer, as a store has to say it. */
import { type FactsRow, StoreFault } from './store.js';

/** The row of facts: the actions come as JSON text. */
export function factsRow(row: unknown): FactsRow {
  const facts = row as FactsRow & { actions: string };
  return { ...facts, actions: JSON.parse(facts.actions) };
}

/** The fault that an error is, or the error. */
export const sqliteFault = (error: unknown): unknown =>
  /no such (table|column)/.test(String(error)) ? new StoreFault('tables are missing') : error;
