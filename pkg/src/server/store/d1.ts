/** Facts from a Cloudflare D1 database. */
import { FACTS_SQL } from './facts.sql.js';
import type { FactsRow, Store } from './store.js';

/** As much of Cloudflare's `D1Database` as is used. */
export interface D1 {
  prepare(sql: string): { bind(...values: unknown[]): { first(): Promise<unknown> } };
}

/** A store on a D1 database with the tables of `migrations/`. */
export function d1Store(database: D1): Store {
  return {
    async facts({ userId, tokenId, channelId, identity }) {
      const row = await database.prepare(FACTS_SQL).bind(userId, tokenId, channelId, identity).first();
      const facts = row as FactsRow & { actions: string };
      return { ...facts, actions: JSON.parse(facts.actions) };
    },
  };
}
