/** No statement about recordings reads more rows in a larger database: each finds its rows by an index. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { RECORDING_SQL } from '../../pkg/dist/server/stores/recordings.sql.js';
import { migrations } from '../../scripts/serve/migrations.mjs';

test('every statement uses an index, and sorts nothing', () => {
  const database = new DatabaseSync(':memory:');
  for (const { sql } of migrations()) database.exec(sql);
  assert.ok(RECORDING_SQL.length >= 8);
  for (const sql of RECORDING_SQL) {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    const details = steps.map(({ detail }) => String(detail));
    const slow = details.filter((detail) => /^SCAN (?!CONSTANT ROW|\(subquery)/.test(detail));
    // Sorts the recordings of one claim, of which there is one.
    const sorted = details.filter((detail) => /TEMP B-TREE/.test(detail)).length;
    assert.deepEqual(slow, [], `${sql}\n${details.join('\n')}`);
    assert.ok(sorted === 0 || sql.includes('RETURNING'), `${sql}\n${details.join('\n')}`);
  }
  database.close();
});
