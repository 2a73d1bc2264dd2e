/** The statements for comparing presence with LiveKit, for PostgreSQL: see `reconciliation.sql.ts`. */
import { TIMES } from './postgres.sql.js';
import { OVERTAKEN_SECONDS, PRUNE_ROWS } from './presence.sql.js';
import { MAX_CONNECTIONS, MAX_ROOMS } from './reconciliation.sql.js';

/** Parameters as in `CLAIM_SQL`. */
export const CLAIM = `
INSERT INTO "VoiceReconciliation" AS r (room, "reconciledAt") VALUES ($1, $2)
ON CONFLICT (room) DO UPDATE SET "reconciledAt" = excluded."reconciledAt"
WHERE r."reconciledAt" <= $3::bigint OR r."reconciledAt" > $4::bigint
RETURNING json 'true' AS answer`;

/** Parameter: 1 room. */
export const CONNECTIONS = `
SELECT coalesce(json_agg(row_to_json(connection)), '[]') AS answer FROM (
  SELECT "roomSid", "participantSid", "changedAt"
  FROM (SELECT clock_timestamp()) AS uncached CROSS JOIN "VoicePresence"
  WHERE room = $1 AND "isPresent"
  ORDER BY "joinedAt", identity COLLATE "C"
  LIMIT ${MAX_CONNECTIONS}
) AS connection`;

/** Parameters as in `DUE_SQL`. */
export const DUE = `
WITH RECURSIVE present(room) AS (
  SELECT min(room) FROM "VoicePresence" WHERE "isPresent"
  UNION ALL
  SELECT (SELECT min(p.room) FROM "VoicePresence" p WHERE p."isPresent" AND p.room > present.room)
  FROM present WHERE present.room IS NOT NULL
)
SELECT coalesce(json_agg(due.room), '[]') AS answer FROM (
  SELECT every.room
  FROM (SELECT clock_timestamp()) AS uncached CROSS JOIN (
    SELECT room FROM (SELECT room FROM present LIMIT ${MAX_ROOMS}) AS bounded WHERE room IS NOT NULL
    UNION
    SELECT running.room FROM json_array_elements_text($3::text::json) AS running(room)
  ) AS every
  LEFT JOIN "VoiceReconciliation" r ON r.room = every.room
  WHERE coalesce(r."reconciledAt", 0) <= $1::bigint
  ORDER BY coalesce(r."reconciledAt", 0), every.room
  LIMIT $2::int
) AS due`;

/**
 * Stores participants who joined. The room's row is locked first, as in the statements of an event, so that the two
 * cannot deadlock.
 *
 * Parameters: 1 room, 2 latest time of joining, 3 `[[sid, identity, name, isAgent, joinedAt], …]` as JSON, 4 Unix
 * second before which a comparison is old, 5 roomSid.
 */
export const JOINED = `
WITH times AS (
  INSERT INTO "VoiceRoom" AS v (room, "roomSid", "changedAt") SELECT $1::text, $5::text, $2::bigint
  ${TIMES}
), forgotten AS (
  DELETE FROM "VoiceReconciliation" WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM "VoiceReconciliation" WHERE "reconciledAt" < $4::bigint
    ORDER BY "reconciledAt" LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
  ))
)
INSERT INTO "VoicePresence" AS p
  ("roomSid", "participantSid", room, identity, name, "isAgent", "isPresent", "joinedAt", "changedAt")
SELECT $5::text, j.value ->> 0, $1::text, j.value ->> 1, j.value ->> 2, (j.value ->> 3)::boolean,
  coalesce(times.others <= (j.value ->> 4)::bigint + ${OVERTAKEN_SECONDS}, true),
  (j.value ->> 4)::bigint, (j.value ->> 4)::bigint
FROM times CROSS JOIN json_array_elements($3::text::json) AS j(value)
WHERE NOT EXISTS (SELECT 1 FROM "VoiceRoomEnd" e WHERE e."roomSid" = $5::text)
ON CONFLICT ("roomSid", "participantSid") DO UPDATE SET
  "isPresent" = excluded."isPresent", "isMissing" = NOT excluded."isPresent"
WHERE p."isMissing"`;

/**
 * Marks missing connections, and stores the time of the comparison. A row that an event has locked is skipped, because
 * it is changing.
 *
 * Parameters: 1 `[[roomSid, participantSid, changedAt], …]` as JSON, 2 room, 3 now.
 */
export const COMPARED = `
WITH missing AS (
  UPDATE "VoicePresence" SET "isPresent" = false, "isMissing" = true WHERE ctid = ANY (ARRAY(
    SELECT connection.ctid
    FROM json_array_elements($1::text::json) AS m(value) CROSS JOIN LATERAL (
      SELECT p.ctid FROM "VoicePresence" p
      WHERE p."roomSid" = m.value ->> 0 AND p."participantSid" = m.value ->> 1
        AND p."changedAt" = (m.value ->> 2)::bigint AND p."isPresent"
      FOR UPDATE SKIP LOCKED
    ) AS connection
  ))
)
INSERT INTO "VoiceReconciliation" (room, "reconciledAt") VALUES ($2::text, $3::bigint)
ON CONFLICT (room) DO UPDATE SET "reconciledAt" = excluded."reconciledAt"`;
