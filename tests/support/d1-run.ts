/** The SQL of tests on D1, here and in a Worker. */
import type { D1Database } from '@cloudflare/workers-types';

/** Runs statements in one transaction, and resolves with the rows of the last. */
export type Run = (statements: { sql: string; values: (string | number | null)[] }[]) => Promise<unknown[]>;

export const d1Run =
  (db: D1Database): Run =>
  async (statements) => {
    const results = await db.batch(statements.map(({ sql, values }) => db.prepare(sql).bind(...values)));
    return results.at(-1)?.results ?? [];
  };
