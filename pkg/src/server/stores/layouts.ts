/** Facts from a database that may lack tables which have come later: in one round trip, whichever it has. */
import { type FactsRow, StoreFault } from './store.js';

/** Which of the later tables a database has. */
export interface Layout {
  /** `ChannelPermissionOverwrite`, which Kraken has had since October 2026. */
  readonly overwrites: boolean;
  /** `RevokedSession` and `UserTokenCutoff`. */
  readonly cutOffs: boolean;
}

/** The later tables of each part of a layout. */
export const LATER_TABLES: Readonly<Record<keyof Layout, readonly string[]>> = {
  overwrites: ['ChannelPermissionOverwrite'],
  cutOffs: ['RevokedSession', 'UserTokenCutoff'],
};

/** How a database is asked. */
export interface Asking {
  /** The row of the facts; `null` where a table is there that the statement leaves out. */
  facts(sql: string): Promise<FactsRow | null>;
  layout(): Promise<Layout>;
}

/** Asks for facts with the layout that was last found. */
export type Layouts = (asking: Asking) => Promise<FactsRow>;

/** Every later table is there. */
export const WHOLE_LAYOUT: Layout = { overwrites: true, cutOffs: true };

/**
 * Assumes every table until a question says otherwise.
 * @param factsSql the statement for a layout, which looks itself for the tables that it leaves out
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
