/** Prepared statements of a SQLite file. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { factsSql } from './facts.sql.js';
import { WHOLE_LAYOUT } from './layouts.js';
import { HOLDERS_SQL, KICKED_UNTIL_SQL } from './moderation.sql.js';
import { MUTE_SQL, PRESENCE_SQL } from './presence.sql.js';
import { CLAIM_SQL, CONNECTIONS_SQL } from './reconciliation.sql.js';
import { RECORDING_SQL } from './recordings.sql.js';
import { ROOM_KIND_SQL, ROOMS_OF_USER_SQL } from './rooms.sql.js';

/** Returns a prepared statement. It is prepared on first use. */
export type Prepared = (sql: string) => Statement;

type Value = string | number | null;

/** A statement with values for the parameters `?1`, `?2`, … in their order. */
interface Statement {
  get(values: readonly Value[]): unknown;
  all(values: readonly Value[]): unknown[];
}

/** Throws if the file is corrupt. */
export function checkPages(database: DatabaseSync): void {
  const { quick_check: health } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: unknown };
  if (health !== 'ok') throw new Error('it is damaged');
}

/**
 * Prepares the statements of a store, which throws if its tables do not match them. Returns a function for further
 * statements.
 */
export function prepareStatements(database: DatabaseSync): Prepared {
  const statements = new Map<string, Statement>();
  const prepared: Prepared = (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(database, sql);
    statements.set(sql, statement);
    return statement;
  };
  const first = [
    factsSql(WHOLE_LAYOUT),
    PRESENCE_SQL,
    MUTE_SQL,
    KICKED_UNTIL_SQL,
    HOLDERS_SQL,
    CLAIM_SQL,
    CONNECTIONS_SQL,
    ROOM_KIND_SQL,
    ROOMS_OF_USER_SQL,
    ...RECORDING_SQL,
  ];
  for (const sql of first) prepared(sql);
  return prepared;
}

/**
 * Replaces numbered parameters by positional ones. Node 22 does not support numbered parameters, and named ones make a
 * query 10% slower.
 */
function prepare(database: DatabaseSync, sql: string): Statement {
  const places = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number) - 1);
  const inPlace = (values: readonly Value[]) => places.map((place) => values[place] ?? null);
  const statement = database.prepare(sql.replaceAll(/\?\d+/g, '?'));
  const toRow = rowReader(statement);
  return {
    get: (values) => toRow(statement.get(...inPlace(values))),
    all: (values) => statement.all(...inPlace(values)).map(toRow),
  };
}

/**
 * Returns a function that converts a row into an object, faster than Node does. On Node 22.13 it returns Node's object.
 */
function rowReader(statement: StatementSync): (row: unknown) => unknown {
  if (statement.setReturnArrays === undefined || statement.columns === undefined) return (row) => row;
  const names = statement.columns().map(({ name }) => name);
  statement.setReturnArrays(true);
  return (values) => {
    if (!Array.isArray(values)) return values;
    const row: Record<string, unknown> = {};
    for (const [at, value] of values.entries()) row[names[at] ?? ''] = value;
    return row;
  };
}
