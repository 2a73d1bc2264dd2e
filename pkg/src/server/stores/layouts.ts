/** Queries facts in one round trip from a database that may lack tables of later versions. */
import { type FactsRow, StoreFault } from './store.js';

/** Which tables of later versions a database has. */
export interface Layout {
  /** `ChannelPermissionOverwrite`, which Kraken has since October 2026. */
  readonly overwrites: boolean;
  /** `RevokedSession` and `UserTokenCutoff`. */
  readonly cutOffs: boolean;
  /** `VoiceKick`, `VoiceLock` and `VoiceIdentity`. */
  readonly moderation: boolean;
}

/** The tables of each flag of a layout. */
export const LATER_TABLES: Readonly<Record<keyof Layout, readonly string[]>> = {
  overwrites: ['ChannelPermissionOverwrite'],
  cutOffs: ['RevokedSession', 'UserTokenCutoff'],
  moderation: ['VoiceKick', 'VoiceLock', 'VoiceIdentity'],
};

/** The queries of a database. */
export interface FactsQueries {
  /** Returns the row of facts; `null` if the database has a table that the statement omits. */
  facts(sql: string): Promise<FactsRow | null>;
  layout(): Promise<Layout>;
}

/** Queries facts with the cached layout. */
export type Layouts = (queries: FactsQueries) => Promise<FactsRow>;

/** The layout with all tables. */
export const WHOLE_LAYOUT: Layout = { overwrites: true, cutOffs: true, moderation: true };

/**
 * Caches the layout of a database, starting with {@link WHOLE_LAYOUT}. If a table is missing, or was added, it reads
 * the layout and queries again.
 *
 * @param factsSql - returns the statement for a layout. The statement returns no row if the database has a table that
 * it omits
 */
export function newLayouts(factsSql: (layout: Layout) => string): Layouts {
  let sql = factsSql(WHOLE_LAYOUT);
  return async (queries) => {
    const row = await queries.facts(sql).catch((error: unknown) => {
      if (error instanceof StoreFault && error.name === MISSING) return null;
      throw error;
    });
    if (row !== null) return row;
    sql = factsSql(await queries.layout());
    const again = await queries.facts(sql);
    if (again === null) throw new StoreFault(MISSING);
    return again;
  };
}

const MISSING = 'tables are missing';
