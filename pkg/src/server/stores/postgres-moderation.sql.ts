/** The statements of moderation, for PostgreSQL. Each result is one JSON value in the column `answer`. */
import { MAX_HOLDERS } from './moderation.js';
import { PRUNE_ROWS } from './presence.sql.js';

/** SQL: the rows of the holders of the identity $2 in the room $1 since the time `since`. */
const heldBy = (since: string): string => `
  FROM "VoiceIdentity" h
  WHERE h.room = $1::text AND h.identity = $2::text AND h."issuedAt" >= least(${since}::bigint, (
    SELECT max(o."issuedAt") FROM "VoiceIdentity" o WHERE o.room = $1::text AND o.identity = $2::text
  ))`;

/**
 * Stores a kick, and returns the new end of the identity's kick. Rows are locked in the order of their subjects, so
 * that two kicks cannot deadlock.
 *
 * Parameters: 1 channelId, 2 identity, 3 until, 4 byUserId, 5 createdAt, 6 heldSince.
 */
export const KICK = `
WITH forgotten AS (
  DELETE FROM "VoiceKick" WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM "VoiceKick" WHERE until < $5::bigint AND "channelId" <> $1::text
    ORDER BY until LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
  ))
), kicked AS (
  INSERT INTO "VoiceKick" AS k ("channelId", subject, until, "byUserId", "createdAt")
  SELECT $1::text, subject, $3::bigint, $4::text, $5::bigint
  FROM (SELECT $2::text AS subject UNION SELECT h."userId" ${heldBy('$6')}) AS subjects
  ORDER BY subject
  ON CONFLICT ("channelId", subject) DO UPDATE SET
    "byUserId" = CASE WHEN excluded.until > k.until THEN excluded."byUserId" ELSE k."byUserId" END,
    "createdAt" = CASE WHEN excluded.until > k.until THEN excluded."createdAt" ELSE k."createdAt" END,
    until = greatest(k.until, excluded.until)
  RETURNING k.subject, k.until
)
SELECT to_json(until) AS answer FROM kicked WHERE subject = $2::text`;

/**
 * Deletes the kick of an identity, and those of the users who were kicked together with it. They are stored as holders
 * of the identity, and their kick has the same end, moderator and time. Rows are locked in the same order as by a kick,
 * so that the two cannot deadlock.
 *
 * Parameters: 1 channelId, 2 identity.
 */
export const LIFT = `
DELETE FROM "VoiceKick" WHERE ctid = ANY (ARRAY(
  SELECT k.ctid FROM "VoiceKick" k
  WHERE k."channelId" = $1::text AND (k.subject = $2::text OR (
    k.subject IN (SELECT h."userId" FROM "VoiceIdentity" h WHERE h.room = $1::text AND h.identity = $2::text)
    AND (k.until, k."byUserId", k."createdAt") IN (
      SELECT i.until, i."byUserId", i."createdAt" FROM "VoiceKick" i
      WHERE i."channelId" = $1::text AND i.subject = $2::text
    )
  ))
  ORDER BY k.subject FOR UPDATE
))`;

/** Parameters: 1 channelId, 2 lockedAt, 3 byUserId. */
export const LOCK = `
INSERT INTO "VoiceLock" ("channelId", "lockedAt", "byUserId") VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;

/** Parameter: 1 channelId. */
export const UNLOCK = 'DELETE FROM "VoiceLock" WHERE "channelId" = $1';

/** Parameters: 1 room, 2 identity, 3 userId, 4 issuedAt, 5 Unix second before which rows are old. */
export const HOLD = `
WITH forgotten AS (
  DELETE FROM "VoiceIdentity" WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM "VoiceIdentity" WHERE "issuedAt" < $5::bigint AND (room, identity, "userId") <> ($1::text, $2::text, $3::text)
    ORDER BY "issuedAt" LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
  ))
)
INSERT INTO "VoiceIdentity" AS h (room, identity, "userId", "issuedAt") VALUES ($1::text, $2::text, $3::text, $4::bigint)
ON CONFLICT (room, identity, "userId") DO UPDATE SET "issuedAt" = greatest(h."issuedAt", excluded."issuedAt")`;

/** Selects the ids of the holders, the last first. Parameters: 1 room, 2 identity, 3 heldSince. */
export const HOLDERS = `
SELECT coalesce(json_agg(held."userId"), '[]') AS answer FROM (
  SELECT h."userId", clock_timestamp() AS uncached ${heldBy('$3')}
  ORDER BY h."issuedAt" DESC, h."userId" COLLATE "C" LIMIT ${MAX_HOLDERS}
) AS held`;
