/** Facts in one round trip from a database that may lack the tables of later versions. */
import { type FactsRow, StoreFault } from './store.js';

/** Which of the later tables a database has. */
export interface Layout {
  /** `ChannelPermissionOverwrite`, which Kraken has had since October 2026. */
  readonly overwrites: boolean;
  /** `RevokedSession` and `UserTokenCutoff`. */
  readonly cutOffs: boolean;
  /** `VoiceKick`, `VoiceLock` and `VoiceIdentity`. */
  readonly moderation: boolean;
}

/** The later tables of each part of a layout. */
export const LATER_TABLES: Readonly<Record<keyof Layout, readonly string[]>> = {
  overwrites: ['ChannelPermissionOverwrite'],
  cutOffs: ['RevokedSession', 'UserTokenCutoff'],
  moderation: ['VoiceKick', 'VoiceLock', 'VoiceIdentity'],
};

/** The queries of a database. */
export interface Asking {
  /** The row of facts; `null` if the database has a table that the statement leaves out. */
  facts(sql: string): Promise<FactsRow | null>;
  layout(): Promise<Layout>;
}

/** Queries facts with the layout that was last found. */
export type Layouts = (asking: Asking) => Promise<FactsRow>;

/** The layout with every later table. */
export const WHOLE_LAYOUT: Layout = { overwrites: true, cutOffs: true, moderation: true };

/**
 * Starts with {@link WHOLE_LAYOUT}. If a table is missing, or one appears, it finds the layout and queries again.
 *
 * @param factsSql - the statement for a layout, which returns no row if the database has a table that it leaves out
 */
export function newLayouts(factsSql: (layout: Layout) => string): Layouts {
  let sql = factsSql(WHOLE_LAYOUT);
  return async (asking) => {
    const row = await asking.facts(sql).catch((error: unknown) => {
      if (error instanceof StoreFault && error.name === MISSING) return null;
      throw error;
    });
    if (row !== null) return row;
    sql = factsSql(await asking.layout());
    const again = await asking.facts(sql);
    if (again === null) throw new StoreFault(MISSING);
    return again;
  };
}

const MISSING = 'tables are missing';
