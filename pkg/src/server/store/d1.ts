/** Facts from a Cloudflare D1 database. */
import { FACTS_SQL } from './facts.sql.js';
import { type FactsRow, type Store, StoreFault } from './store.js';

/** As much of Cloudflare's `D1Database` as is used. */
export interface D1 {
  prepare(sql: string): { bind(...values: unknown[]): { first(): Promise<unknown> } };
}

/** A store on a D1 database with the tables of `migrations/`; without a database it answers nothing. */
export function d1Store(database: D1 | undefined): Store {
  return {
    async facts({ userId, tokenId, channelId, groupId, identity }) {
      if (database === undefined) throw new StoreFault('no database is bound');
      const question = database.prepare(FACTS_SQL).bind(userId, tokenId, channelId, identity, groupId);
      const row = await question.first().catch((error: unknown) => {
        throw /no such (table|column)/.test(String(error)) ? new StoreFault('tables are missing') : error;
      });
      const facts = row as FactsRow & { actions: string };
      return { ...facts, actions: JSON.parse(facts.actions) };
    },
  };
}
