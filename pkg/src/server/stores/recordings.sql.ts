/**
 * The statements of recordings, for SQLite and D1. States may arrive repeatedly and in any order, so that a row
 * contains the greatest one. The claim of a room prevents a second recording, and ends with its recording.
 */
import { KEEP_SECONDS, PRUNE_ROWS } from './presence.sql.js';
import type { RecordingChange, RecordingClaim, RecordingRow, Recordings, StaleClaim } from './recordings.js';
import type { SqlQueries } from './sql-queries.js';

/** Parameters: 1 room, 2 id, 3 userId, 4 claimedAt. */
const CLAIM = `
INSERT INTO "VoiceRecordingClaim"(room, id, userId, claimedAt, checkedAt) VALUES (?1, ?2, ?3, ?4, ?4)
ON CONFLICT DO NOTHING RETURNING id`;

/** Parameter: 1 id. */
const RELEASE = `
DELETE FROM "VoiceRecordingClaim" WHERE id = ?1
  AND NOT EXISTS (SELECT 1 FROM "VoiceRecording" r WHERE r.claimId = ?1 AND r.stage < 3)`;

/** Parameters: 1 room, 2 now, 3 before. */
const STALE = `
UPDATE "VoiceRecordingClaim" SET checkedAt = ?2 WHERE room = ?1 AND checkedAt < ?3
RETURNING id, room, userId, claimedAt,
  (SELECT r.egressId FROM "VoiceRecording" r WHERE r.claimId = "VoiceRecordingClaim".id ORDER BY r.stage LIMIT 1) AS recordingId`;

/** SQL condition: the new state is greater than the row. */
const IS_GREATER =
  '(excluded.stage, excluded.changedAt, excluded.status, excluded.files) >= (stage, changedAt, status, files)';
const greater = (column: string) => `${column} = CASE WHEN ${IS_GREATER} THEN excluded.${column} ELSE ${column} END`;
const latest = (column: string) =>
  `${column} = max(coalesce(${column}, excluded.${column}), coalesce(excluded.${column}, ${column}))`;

/**
 * Applies a state.
 *
 * Parameters: 1 egressId, 2 room, 3 status, 4 stage, 5 startedAt, 6 endedAt, 7 changedAt, 8 files, 9 now, 10
 * isAsRequested, and of its claim, if known: 11 id, 12 userId, 13 claimedAt.
 */
const APPLY = `
INSERT INTO "VoiceRecording"(egressId, room, claimId, startedBy, askedAt, status, stage, startedAt, endedAt, changedAt, files)
SELECT ?1, ?2, coalesce(?11, c.id), coalesce(?12, c.userId), coalesce(?13, c.claimedAt, ?9), ?3, ?4, ?5, ?6, ?7, ?8
FROM (SELECT 1) LEFT JOIN "VoiceRecordingClaim" c ON c.room = ?2 AND ?10 = 1 AND ?4 < 3
  AND NOT EXISTS (SELECT 1 FROM "VoiceRecording" r WHERE r.claimId = c.id)
WHERE true
ON CONFLICT (egressId) DO UPDATE SET
  startedBy = CASE WHEN claimId IS NULL AND ?11 IS NOT NULL THEN ?12 ELSE startedBy END,
  askedAt = CASE WHEN claimId IS NULL AND ?11 IS NOT NULL THEN ?13 ELSE askedAt END,
  claimId = coalesce(claimId, ?11),
  ${greater('status')}, ${greater('stage')}, ${greater('changedAt')}, ${greater('files')},
  ${latest('startedAt')}, ${latest('endedAt')}
WHERE room = excluded.room`;

/**
 * Ends the claim of a recording that has ended, unless another recording of the claim is running. Parameter: 1
 * egressId.
 */
const END_CLAIM = `
DELETE FROM "VoiceRecordingClaim" WHERE id = (SELECT claimId FROM "VoiceRecording" WHERE egressId = ?1 AND stage = 3)
  AND NOT EXISTS (SELECT 1 FROM "VoiceRecording" r WHERE r.claimId = "VoiceRecordingClaim".id AND r.stage < 3)`;

/**
 * Removes old rows of recordings that were started elsewhere. Parameter: 1 Unix millisecond before which a row is old.
 */
const PRUNE = `
DELETE FROM "VoiceRecording" WHERE rowid IN (
  SELECT rowid FROM "VoiceRecording" WHERE claimId IS NULL AND askedAt < ?1 ORDER BY askedAt LIMIT ${PRUNE_ROWS}
)`;

const ROWS = `
SELECT egressId AS recordingId, startedBy, askedAt, status, stage, startedAt, endedAt, files
FROM "VoiceRecording" WHERE room = ?1 AND claimId IS NOT NULL`;
/** Parameters: 1 room, 2 limit. */
const LIST = `${ROWS} ORDER BY askedAt DESC, egressId DESC LIMIT ?2`;
/** Parameters: 1 room, 2 egressId. */
const FIND = `${ROWS} AND egressId = ?2`;

/** All statements, to prepare them. */
export const RECORDING_SQL = [CLAIM, RELEASE, STALE, APPLY, END_CLAIM, PRUNE, LIST, FIND];

/** Creates the recordings of a store. */
export const sqlRecordings = ({ all, transaction }: SqlQueries): Recordings => ({
  async claim({ room, id, userId, claimedAt }) {
    return (await all({ sql: CLAIM, values: [room, id, userId, claimedAt] })).length > 0;
  },
  async release(id) {
    await transaction([{ sql: RELEASE, values: [id] }]);
  },
  async takeStale(room, now, before) {
    const [claim] = await all({ sql: STALE, values: [room, now, before] });
    return (claim as StaleClaim | undefined) ?? null;
  },
  async apply(change, claim, now) {
    await transaction([
      { sql: APPLY, values: applyValues(change, claim, now) },
      { sql: END_CLAIM, values: [change.recordingId] },
      { sql: PRUNE, values: [oldest(now)] },
    ]);
  },
  async list(room, limit) {
    return (await all({ sql: LIST, values: [room, limit] })) as RecordingRow[];
  },
  async find(room, recordingId) {
    const [row] = await all({ sql: FIND, values: [room, recordingId] });
    return (row as RecordingRow | undefined) ?? null;
  },
});

/** Returns the values of a change, also for PostgreSQL. */
export const applyValues = (change: RecordingChange, claim: RecordingClaim | null, now: number) => [
  change.recordingId,
  change.room,
  change.status,
  change.stage,
  change.startedAt,
  change.endedAt,
  change.changedAt,
  JSON.stringify(change.files),
  now,
  Number(change.isAsRequested),
  claim?.id ?? null,
  claim?.userId ?? null,
  claim?.claimedAt ?? null,
];

/** Returns the Unix millisecond before which a row of a recording that was started elsewhere is old. */
export const oldest = (now: number): number => now - KEEP_SECONDS * 1000;
