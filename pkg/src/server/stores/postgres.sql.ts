/**
 * The questions to PostgreSQL: Kraken's own tables as Prisma lays them out, and ours (`postgres/`). Every answer is one
 * JSON value in a column `answer`, so that no driver's idea of a time or a large number gets into it.
 */
import { OVERTAKEN_SECONDS } from './presence.sql.js';

/** Whole Unix seconds, rounded up: a timeout must not be over before its end. Infinite times are far ones. */
const seconds = (time: string) => `CASE WHEN ${time} IS NOT NULL
    THEN ceil(extract(epoch FROM least(greatest(${time}, '1970-01-01'), '9999-12-31')))::bigint END`;

/**
 * The facts. Parameters as in `facts.sql.ts`. `clock_timestamp` has no other purpose than to be volatile: Cloudflare
 * Hyperdrive would answer the same question from its cache for a minute, and let in who was banned meanwhile.
 */
export const FACTS = `
SELECT row_to_json(facts) AS answer FROM (
  SELECT
    u.id AS "userId",
    u.role AS "role",
    u.banned AS "banned",
    EXISTS (SELECT 1 FROM "RevokedToken" t WHERE t.jti = $2) AS "tokenRevoked",
    c.id AS "channelId",
    c."isPrivate" AS "isPrivate",
    EXISTS (SELECT 1 FROM "ChannelMembership" m WHERE m."userId" = u.id AND m."channelId" = c.id) AS "isMember",
    (SELECT g."groupId" FROM "DirectMessageGroupMember" g WHERE g."groupId" = $5 AND g."userId" = u.id) AS "groupId",
    ARRAY(
      SELECT DISTINCT a.action
      FROM "UserRoles" ur JOIN "Role" r ON r.id = ur."roleId" CROSS JOIN LATERAL unnest(r.actions) AS a(action)
      WHERE ur."userId" = u.id AND ur."communityId" = c."communityId" AND NOT ur."isInstanceRole"
    ) AS "actions",
    b.active AS "banActive",
    ${seconds('b."expiresAt"')} AS "banEnds",
    ${seconds('o."expiresAt"')} AS "timeoutEnds",
    EXISTS (SELECT 1 FROM "User" other WHERE other.id = $4) AS "identityIsUser"
  FROM (SELECT clock_timestamp()) AS uncached
  LEFT JOIN "User" u ON u.id = $1
  LEFT JOIN "Channel" c ON c.id = $3
  LEFT JOIN "CommunityBan" b ON b."userId" = u.id AND b."communityId" = c."communityId"
  LEFT JOIN "CommunityTimeout" o ON o."userId" = u.id AND o."communityId" = c."communityId"
) AS facts`;

/** The first part of a change, which does nothing where the event is known. Parameters: 1 event id, 2 now. */
const FRESH = `
WITH fresh AS (
  INSERT INTO "WebhookEvent"(id, "receivedAt") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id
)`;

/**
 * `MOVE` and `LEAVE_OVERTAKEN` of `presence.sql.ts`; one statement is one transaction, and sees no row of its own: the
 * others are compared with the event, and the event with the others. Parameters: 1 event id, 2 now, 3 roomSid,
 * 4 participantSid, 5 room, 6 identity, 7 name, 8 isPresent, 9 createdAt.
 */
export const MOVE = `${FRESH}, overtaken AS (
  UPDATE "VoicePresence" SET "isPresent" = false WHERE ("roomSid", "participantSid") IN (
    SELECT q."roomSid", q."participantSid" FROM "VoicePresence" q, fresh
    WHERE q.room = $5::text AND q."roomSid" <> $3::text AND q."isPresent" AND q."changedAt" + ${OVERTAKEN_SECONDS} < $9::bigint
    FOR UPDATE OF q SKIP LOCKED
  )
)
INSERT INTO "VoicePresence" AS p ("roomSid", "participantSid", room, identity, name, "isPresent", "joinedAt", "changedAt")
SELECT $3::text, $4::text, $5::text, $6::text, $7::text, $8::boolean AND NOT EXISTS (
  SELECT 1 FROM "VoicePresence" q
  WHERE q.room = $5::text AND q."roomSid" <> $3::text AND q."changedAt" > $9::bigint + ${OVERTAKEN_SECONDS}
), CASE WHEN $8 THEN $9::bigint END, $9 FROM fresh
ON CONFLICT ("roomSid", "participantSid") DO UPDATE SET
  room = excluded.room, identity = excluded.identity, name = excluded.name, "isPresent" = excluded."isPresent",
  "joinedAt" = coalesce(excluded."joinedAt", p."joinedAt"), "changedAt" = excluded."changedAt"
WHERE (excluded."changedAt", NOT excluded."isPresent", excluded.identity COLLATE "C", excluded.name COLLATE "C")
    > (p."changedAt", NOT p."isPresent", p.identity COLLATE "C", p.name COLLATE "C")`;

/**
 * A room's end, and the removal of what is old. Two that remove at the same time leave each other's rows alone, so that
 * neither waits for the other. Parameters: 1 event id, 2 now, 3 roomSid, 4 createdAt, 5 the second before which rows are
 * old, 6 the second before which events are.
 */
export const END = `${FRESH}, ended AS (
  INSERT INTO "VoiceRoomEnd" AS e ("roomSid", "endedAt") SELECT $3::text, $4::bigint FROM fresh
  ON CONFLICT ("roomSid") DO UPDATE SET "endedAt" = greatest(e."endedAt", excluded."endedAt")
  RETURNING "roomSid"
), gone AS (
  UPDATE "VoicePresence" p SET "isPresent" = false FROM ended WHERE p."roomSid" = ended."roomSid" AND p."isPresent"
), old_rooms AS (
  DELETE FROM "VoiceRoomEnd" WHERE "roomSid" IN (
    SELECT "roomSid" FROM "VoiceRoomEnd" WHERE "endedAt" < $5 AND "roomSid" <> $3 FOR UPDATE SKIP LOCKED
  )
  RETURNING "roomSid"
), old_participants AS (
  DELETE FROM "VoicePresence" WHERE ("roomSid", "participantSid") IN (
    SELECT "roomSid", "participantSid" FROM "VoicePresence"
    WHERE "roomSid" <> $3 AND (NOT "isPresent" AND "changedAt" < $5 OR "roomSid" IN (SELECT "roomSid" FROM old_rooms))
    FOR UPDATE SKIP LOCKED
  )
)
DELETE FROM "WebhookEvent" WHERE id IN (
  SELECT id FROM "WebhookEvent" WHERE "receivedAt" < $6 FOR UPDATE SKIP LOCKED
)`;

/** The room's participants, of a person's several joinings the latest. Parameter: 1 room. */
export const PRESENCE = `
SELECT coalesce(json_agg(row_to_json(present)), '[]') AS answer FROM (
  SELECT identity, name, "joinedAt", "isServerMuted"
  FROM (
    SELECT p.*, clock_timestamp() AS uncached, row_number() OVER (
      PARTITION BY identity ORDER BY "joinedAt" DESC, "roomSid" COLLATE "C" DESC, "participantSid" COLLATE "C" DESC
    ) AS nth
    FROM "VoicePresence" p
    WHERE p.room = $1 AND p."isPresent" AND NOT EXISTS (SELECT 1 FROM "VoiceRoomEnd" e WHERE e."roomSid" = p."roomSid")
  ) AS joinings
  WHERE nth = 1
  ORDER BY "joinedAt", identity COLLATE "C"
) AS present`;

/** Parameters: 1 room, 2 identity, 3 isServerMuted. */
export const MUTE = `
UPDATE "VoicePresence" SET "isServerMuted" = $3 WHERE room = $1 AND identity = $2 AND "isPresent"`;
