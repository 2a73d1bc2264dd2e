/**
 * Recordings in PostgreSQL: the statements of `recordings.sql.ts`. Each result is one JSON value in the column
 * `answer`.
 */
import type { Connection } from './postgres-connection.js';
import { PRUNE_ROWS } from './presence.sql.js';
import type { RecordingRow, Recordings, StaleClaim } from './recordings.js';
import { applyValues, oldest } from './recordings.sql.js';

/** Parameters: 1 room, 2 id, 3 userId, 4 claimedAt. */
const CLAIM = `
INSERT INTO "VoiceRecordingClaim" (room, id, "userId", "claimedAt", "checkedAt")
VALUES ($1, $2, $3, $4::bigint, $4::bigint)
ON CONFLICT DO NOTHING RETURNING json 'true' AS answer`;

/** Parameter: 1 id. */
const RELEASE = `
DELETE FROM "VoiceRecordingClaim" WHERE id = $1::text
  AND NOT EXISTS (SELECT 1 FROM "VoiceRecording" r WHERE r."claimId" = $1::text AND r.stage < 3)`;

/** Parameters: 1 room, 2 now, 3 before. */
const STALE = `
UPDATE "VoiceRecordingClaim" c SET "checkedAt" = $2::bigint WHERE room = $1 AND "checkedAt" < $3::bigint
RETURNING json_build_object('id', id, 'room', room, 'userId', "userId", 'claimedAt', "claimedAt", 'recordingId', (
  SELECT r."egressId" FROM "VoiceRecording" r WHERE r."claimId" = c.id ORDER BY r.stage LIMIT 1
)) AS answer`;

/** SQL condition: the new state is greater than the row. */
const IS_GREATER = `(excluded.stage, excluded."changedAt", excluded.status COLLATE "C", excluded.files COLLATE "C")
    >= (r.stage, r."changedAt", r.status COLLATE "C", r.files COLLATE "C")`;
const greater = (column: string) => `${column} = CASE WHEN ${IS_GREATER} THEN excluded.${column} ELSE r.${column} END`;
const latest = (column: string) => `${column} = greatest(r.${column}, excluded.${column})`;

/**
 * Applies a state and ends its claim in one statement, which is one transaction. A statement does not see the rows that
 * it writes, so that the claim is ended with the returned row.
 *
 * Parameters as in `recordings.sql.ts`, and 14 Unix millisecond before which a row of a recording that was started
 * elsewhere is old.
 */
const APPLY = `
WITH claim AS (
  SELECT c.id, c."userId", c."claimedAt" FROM "VoiceRecordingClaim" c
  WHERE c.room = $2::text AND $10::int = 1 AND $4::int < 3
    AND NOT EXISTS (SELECT 1 FROM "VoiceRecording" r WHERE r."claimId" = c.id)
), applied AS (
  INSERT INTO "VoiceRecording" AS r
    ("egressId", room, "claimId", "startedBy", "askedAt", status, stage, "startedAt", "endedAt", "changedAt", files)
  SELECT $1::text, $2::text, coalesce($11::text, claim.id), coalesce($12::text, claim."userId"),
    coalesce($13::bigint, claim."claimedAt", $9::bigint), $3::text, $4::int, $5::bigint, $6::bigint, $7::bigint, $8::text
  FROM (SELECT 1) AS one LEFT JOIN claim ON true
  ON CONFLICT ("egressId") DO UPDATE SET
    "startedBy" = CASE WHEN r."claimId" IS NULL AND $11::text IS NOT NULL THEN $12::text ELSE r."startedBy" END,
    "askedAt" = CASE WHEN r."claimId" IS NULL AND $11::text IS NOT NULL THEN $13::bigint ELSE r."askedAt" END,
    "claimId" = coalesce(r."claimId", $11::text),
    ${greater('status')}, ${greater('stage')}, ${greater('"changedAt"')}, ${greater('files')},
    ${latest('"startedAt"')}, ${latest('"endedAt"')}
  WHERE r.room = excluded.room
  RETURNING r."claimId", r.stage
), old AS (
  DELETE FROM "VoiceRecording" WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM "VoiceRecording" WHERE "claimId" IS NULL AND "askedAt" < $14::bigint AND "egressId" <> $1::text
    ORDER BY "askedAt" LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
  ))
)
DELETE FROM "VoiceRecordingClaim" c USING applied WHERE c.id = applied."claimId" AND applied.stage = 3 AND NOT EXISTS (
  SELECT 1 FROM "VoiceRecording" r WHERE r."claimId" = c.id AND r.stage < 3 AND r."egressId" <> $1::text
)`;

const rows = (condition: string, limit: string) => `
SELECT coalesce(json_agg(row_to_json(found)), '[]') AS answer FROM (
  SELECT "egressId" AS "recordingId", "startedBy", "askedAt", status, stage, "startedAt", "endedAt", files,
    clock_timestamp() AS uncached
  FROM "VoiceRecording" WHERE room = $1 AND "claimId" IS NOT NULL ${condition}
  ORDER BY "askedAt" DESC, "egressId" COLLATE "C" DESC LIMIT ${limit}
) AS found`;
/** Parameters: 1 room, 2 limit. */
const LIST = rows('', '$2::int');
/** Parameters: 1 room, 2 egressId. */
const FIND = rows('AND "egressId" = $2', '1');

/** Creates the recordings of a store. */
export function postgresRecordings({ ask }: Pick<Connection, 'ask'>): Recordings {
  const first = async (...query: Parameters<Connection['ask']>): Promise<unknown> => {
    const [row] = await ask(...query);
    return (row as { answer?: unknown } | undefined)?.answer;
  };
  return {
    async claim({ room, id, userId, claimedAt }) {
      return (await first(CLAIM, [room, id, userId, claimedAt])) !== undefined;
    },
    async release(id) {
      await ask(RELEASE, [id]);
    },
    async takeStale(room, now, before) {
      return ((await first(STALE, [room, now, before])) as StaleClaim | undefined) ?? null;
    },
    async apply(change, claim, now) {
      await ask(APPLY, [...applyValues(change, claim, now), oldest(now)]);
    },
    async list(room, limit) {
      return (await first(LIST, [room, limit])) as RecordingRow[];
    },
    async find(room, recordingId) {
      const [row] = (await first(FIND, [room, recordingId])) as RecordingRow[];
      return row ?? null;
    },
  };
}
