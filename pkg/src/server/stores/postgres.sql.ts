/**
 * The statements for PostgreSQL, on Kraken's tables as Prisma creates them, and on the tables of `postgres/`. Each
 * result is one JSON value in the column `answer`, so that no driver converts a time or a large number.
 */
import { LATER_TABLES, type Layout } from './layouts.js';
import { OVERTAKEN_SECONDS, PRUNE_ROWS } from './presence.sql.js';

/**
 * SQL: converts a time to Unix seconds, rounded up so that a timeout does not end early. Infinite times are clamped.
 */
const seconds = (time: string) => `CASE WHEN ${time} IS NOT NULL
    THEN ceil(extract(epoch FROM least(greatest(${time}, '1970-01-01'), '9999-12-31')))::bigint END`;

const has = (part: keyof Layout): string =>
  LATER_TABLES[part].map((table) => `to_regclass('"${table}"') IS NOT NULL`).join(' AND ');

/** Selects the layout of the database. */
export const LAYOUT = `
SELECT json_build_object(
  'overwrites', ${has('overwrites')}, 'cutOffs', ${has('cutOffs')}, 'moderation', ${has('moderation')}
) AS answer`;

/**
 * SQL: the overwrites for everyone, for the user's roles and for the user. Those with an unknown target are included,
 * so that the rules reject them.
 */
const OVERWRITES = `(
      SELECT coalesce(json_agg(json_build_object(
        'targetType', w."targetType", 'allow', coalesce(to_json(w.allow), '[]'), 'deny', coalesce(to_json(w.deny), '[]')
      )), '[]')
      FROM "ChannelPermissionOverwrite" w
      WHERE w."channelId" = c.id AND CASE w."targetType"::text
        WHEN 'ROLE' THEN EXISTS (
          SELECT 1 FROM "UserRoles" ur
          WHERE ur."userId" = u.id AND ur."communityId" = c."communityId" AND ur."roleId" = w."roleId" AND NOT ur."isInstanceRole"
        )
        WHEN 'MEMBER' THEN w."userId" = u.id
        ELSE true
      END
    )`;

/** SQL condition: roles have the voice actions. Kraken's migration added them to every role that could join. */
const VOICE_BY_ROLE = `to_regclass('"_prisma_migrations"') IS NOT NULL AND EXISTS (
      SELECT 1 FROM pg_enum WHERE enumtypid = to_regtype('"RbacActions"') AND enumlabel = 'SPEAK'
    )`;

/** SQL: the end of the kick of a user or identity. */
const kickedUntil = (subject: string): string =>
  `(SELECT x.until FROM "VoiceKick" x WHERE x."channelId" = c.id AND x.subject = ${subject})`;

/**
 * Returns the query of facts for a layout. Its result is `null` if the database has a table that the layout lacks.
 * Parameters as in `facts.sql.ts`. It contains the volatile function `clock_timestamp`, because Cloudflare Hyperdrive
 * would otherwise return cached facts for up to a minute, even for a user who has been banned since.
 */
export const factsSql = ({ overwrites, cutOffs, moderation }: Layout): string => `
SELECT CASE WHEN ${overwrites || `NOT (${has('overwrites')})`} AND ${cutOffs || `NOT (${has('cutOffs')})`}
  AND ${moderation || `NOT (${has('moderation')})`}
  THEN row_to_json(facts) END AS answer FROM (
  SELECT
    u.id AS "userId",
    u.role AS "role",
    u.banned AS "banned",
    EXISTS (SELECT 1 FROM "RevokedToken" t WHERE t.jti = $2) AS "tokenRevoked",
    ${cutOffs ? 'EXISTS (SELECT 1 FROM "RevokedSession" s WHERE s.sid = $6)' : '$6::text IS NULL AND false'} AS "sessionRevoked",
    ${cutOffs ? '(SELECT k."revokedUntil" FROM "UserTokenCutoff" k WHERE k."userId" = u.id)' : 'NULL'} AS "revokedUntil",
    c.id AS "channelId",
    c."isPrivate" AS "isPrivate",
    EXISTS (SELECT 1 FROM "ChannelMembership" m WHERE m."userId" = u.id AND m."channelId" = c.id) AS "isMember",
    (SELECT g."groupId" FROM "DirectMessageGroupMember" g WHERE g."groupId" = $5 AND g."userId" = u.id) AS "groupId",
    EXISTS (SELECT 1 FROM "Channel" d WHERE d.id = $5) AS "groupIsChannel",
    ARRAY(
      SELECT DISTINCT a.action
      FROM "UserRoles" ur JOIN "Role" r ON r.id = ur."roleId" CROSS JOIN LATERAL unnest(r.actions) AS a(action)
      WHERE ur."userId" = u.id AND ur."communityId" = c."communityId" AND NOT ur."isInstanceRole"
    ) AS "actions",
    EXISTS (
      SELECT 1 FROM "UserRoles" ur
      WHERE ur."userId" = u.id AND ur."communityId" = c."communityId" AND NOT ur."isInstanceRole"
    ) AS "hasRole",
    ${VOICE_BY_ROLE} AS "voiceByRole",
    ${overwrites ? OVERWRITES : "json '[]'"} AS "overwrites",
    b.active AS "banActive",
    ${seconds('b."expiresAt"')} AS "banEnds",
    ${seconds('o."expiresAt"')} AS "timeoutEnds",
    EXISTS (SELECT 1 FROM "User" other WHERE other.id = $4) AS "identityIsUser",
    ${moderation ? kickedUntil('u.id') : 'NULL'} AS "kickedUntil",
    ${moderation ? kickedUntil('$4') : 'NULL'} AS "identityKickedUntil",
    ${moderation ? '(SELECT l."lockedAt" FROM "VoiceLock" l WHERE l."channelId" = c.id)' : 'NULL'} AS "lockedAt"
  FROM (SELECT clock_timestamp()) AS uncached
  LEFT JOIN "User" u ON u.id = $1
  LEFT JOIN "Channel" c ON c.id = $3
  LEFT JOIN "CommunityBan" b ON b."userId" = u.id AND b."communityId" = c."communityId"
  LEFT JOIN "CommunityTimeout" o ON o."userId" = u.id AND o."communityId" = c."communityId"
) AS facts`;

/**
 * SQL: the start of every change. It has no effect for a known event, and removes old rows of joins and leaves.
 * Concurrent changes skip each other's locked rows, so that neither waits.
 *
 * Parameters: 1 event id, 2 now, 3 Unix second before which rows are old, 4 Unix second before which events are old.
 */
const CHANGE = `
WITH RECURSIVE fresh AS (
  INSERT INTO "WebhookEvent"(id, "receivedAt") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id
), forgotten AS (
  DELETE FROM "WebhookEvent" WHERE id = ANY (ARRAY(
    SELECT id FROM "WebhookEvent" WHERE "receivedAt" < $4::bigint
    ORDER BY "receivedAt" LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
  ))
), gone AS (
  DELETE FROM "VoicePresence" WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM "VoicePresence" WHERE NOT "isPresent" AND "changedAt" < $3::bigint AND "roomSid" <> $5::text
    ORDER BY "changedAt" LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
  ))
)`;

/**
 * SQL: the end of an INSERT into `VoiceRoom`, which updates the latest times of the session in parameter 5 and of the
 * room's other sessions.
 */
export const TIMES = `ON CONFLICT (room) DO UPDATE SET
    "roomSid" = CASE WHEN excluded."changedAt" > v."changedAt" THEN excluded."roomSid" ELSE v."roomSid" END,
    "changedAt" = greatest(v."changedAt", excluded."changedAt"),
    "othersChangedAt" = CASE
      WHEN excluded."roomSid" = v."roomSid" THEN v."othersChangedAt"
      WHEN excluded."changedAt" > v."changedAt" THEN v."changedAt"
      ELSE greatest(v."othersChangedAt", excluded."changedAt")
    END
  RETURNING CASE "roomSid" WHEN $5::text THEN "othersChangedAt" ELSE "changedAt" END AS others`;

/**
 * `ROOM`, `MOVE` and `LEAVE_OVERTAKEN` of `presence.sql.ts` in one statement, which is one transaction. A statement
 * does not see the rows that it writes. So the other rows are compared with the event, and the event with the room's
 * times, whose row is locked until the end. The oldest participant of a session is looked up first, by an index,
 * because the planner would otherwise scan the table.
 *
 * Parameters after those of `CHANGE`: 5 roomSid, 6 createdAt, 7 room, 8 participantSid, 9 identity, 10 name, 11
 * isPresent, 12 isAgent.
 */
export const MOVE = `${CHANGE}, times AS (
  INSERT INTO "VoiceRoom" AS v (room, "roomSid", "changedAt") SELECT $7::text, $5::text, $6::bigint FROM fresh
  ${TIMES}
), start("roomSid") AS (
  SELECT min("roomSid" COLLATE "C") FROM "VoicePresence" WHERE room = $7::text AND "isPresent"
  UNION ALL
  SELECT (
    SELECT min(p."roomSid" COLLATE "C") FROM "VoicePresence" p
    WHERE p.room = $7::text AND p."isPresent" AND p."roomSid" COLLATE "C" > start."roomSid"
  )
  FROM start WHERE start."roomSid" IS NOT NULL
), overtaken AS (
  UPDATE "VoicePresence" SET "isPresent" = false WHERE ctid = ANY (ARRAY(
    SELECT late.ctid
    FROM start CROSS JOIN LATERAL (
      SELECT q.ctid FROM "VoicePresence" q
      WHERE q.room = $7::text AND q."roomSid" COLLATE "C" = start."roomSid" AND q."isPresent"
        AND q."changedAt" < $6::bigint - ${OVERTAKEN_SECONDS}
      FOR UPDATE SKIP LOCKED
    ) AS late
    WHERE start."roomSid" <> $5::text AND EXISTS (SELECT 1 FROM fresh) AND $6::bigint - ${OVERTAKEN_SECONDS} > (
      SELECT min(p."changedAt") FROM "VoicePresence" p
      WHERE p.room = $7::text AND p."roomSid" COLLATE "C" = start."roomSid" AND p."isPresent"
    )
  ))
)
INSERT INTO "VoicePresence" AS p
  ("roomSid", "participantSid", room, identity, name, "isAgent", "isPresent", "joinedAt", "changedAt")
SELECT $5::text, $8::text, $7::text, $9::text, $10::text, $12::boolean,
  $11::boolean AND coalesce(times.others <= $6::bigint + ${OVERTAKEN_SECONDS}, true),
  CASE WHEN $11 THEN $6::bigint END, $6 FROM times
ON CONFLICT ("roomSid", "participantSid") DO UPDATE SET
  room = excluded.room, identity = excluded.identity, name = excluded.name, "isAgent" = excluded."isAgent",
  "isPresent" = excluded."isPresent" AND NOT p."isMissing", "isMissing" = p."isMissing" AND $11,
  "joinedAt" = coalesce(excluded."joinedAt", p."joinedAt"), "changedAt" = excluded."changedAt"
WHERE (excluded."changedAt", NOT excluded."isPresent", excluded.identity COLLATE "C", excluded.name COLLATE "C")
    > (p."changedAt", NOT (p."isPresent" OR p."isMissing"), p.identity COLLATE "C", p.name COLLATE "C")`;

/**
 * `END`, `LEAVE_ENDED` and `PRUNE_ROOMS` of `presence.sql.ts` in one statement.
 *
 * Parameters after those of `CHANGE`: 5 roomSid, 6 createdAt, 7 room.
 */
export const END = `${CHANGE}, ended AS (
  INSERT INTO "VoiceRoomEnd" AS e ("roomSid", "endedAt") SELECT $5::text, $6::bigint FROM fresh
  ON CONFLICT ("roomSid") DO UPDATE SET "endedAt" = greatest(e."endedAt", excluded."endedAt")
  RETURNING "roomSid"
), leaving AS (
  UPDATE "VoicePresence" p SET "isPresent" = false FROM ended
  WHERE p.room = $7::text AND p."roomSid" COLLATE "C" = ended."roomSid" AND p."isPresent"
), old_ends AS (
  SELECT "roomSid" FROM "VoiceRoomEnd" WHERE "endedAt" < $3::bigint AND "roomSid" <> $5::text
  ORDER BY "endedAt" LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
), old_participants AS (
  SELECT p."roomSid", p."participantSid" FROM old_ends JOIN "VoicePresence" p ON p."roomSid" = old_ends."roomSid"
  LIMIT ${PRUNE_ROWS} FOR UPDATE OF p SKIP LOCKED
), left_behind AS (
  DELETE FROM "VoicePresence" p USING old_participants old
  WHERE p."roomSid" = old."roomSid" AND p."participantSid" = old."participantSid"
), old_rooms AS (
  DELETE FROM "VoiceRoom" WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM "VoiceRoom" WHERE "changedAt" < $3::bigint
    ORDER BY "changedAt" LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED
  ))
)
DELETE FROM "VoiceRoomEnd" e USING old_ends WHERE e."roomSid" = old_ends."roomSid" AND NOT EXISTS (
  SELECT 1 FROM "VoicePresence" p WHERE p."roomSid" = e."roomSid" AND NOT EXISTS (
    SELECT 1 FROM old_participants old WHERE old."roomSid" = p."roomSid" AND old."participantSid" = p."participantSid"
  )
)`;

/**
 * SQL condition: a row's participant is in the room, because its session has neither ended nor been overtaken by
 * another session.
 */
const inside = (row: string): string => `NOT EXISTS (
      SELECT 1 FROM "VoiceRoomEnd" e WHERE e."roomSid" = ${row}."roomSid"
    ) AND NOT EXISTS (
      SELECT 1 FROM "VoiceRoom" v
      WHERE v.room = ${row}.room AND ${row}."changedAt" + ${OVERTAKEN_SECONDS}
        < CASE v."roomSid" WHEN ${row}."roomSid" THEN v."othersChangedAt" ELSE v."changedAt" END
    )`;

/**
 * Selects a page of the room's participants; of several joins of one identity the latest. The comparison with the
 * room's times omits rows of a session that was overtaken during their transaction. OFFSET 0 makes the planner read the
 * index in order until the page is full. Parameters as in `presence.sql.ts`.
 */
export const PRESENCE = `
SELECT coalesce(json_agg(row_to_json(present)), '[]') AS answer FROM (
  SELECT identity, name, "joinedAt", "isServerMuted", "isAgent"
  FROM (
    SELECT p.identity, p.name, p."joinedAt", p."isServerMuted", p."isAgent", clock_timestamp() AS uncached,
    ${inside('p')} AND NOT EXISTS (
      SELECT 1 FROM "VoicePresence" q
      WHERE q.room = p.room AND q.identity COLLATE "C" = p.identity AND q."isPresent" AND ${inside('q')}
        AND (q."joinedAt", q."roomSid" COLLATE "C", q."participantSid" COLLATE "C")
          > (p."joinedAt", p."roomSid" COLLATE "C", p."participantSid" COLLATE "C")
    ) AS "isListed"
    FROM "VoicePresence" p
    WHERE p.room = $1 AND p."isPresent" AND (p."joinedAt", p.identity COLLATE "C") > ($2::bigint, $3::text)
    ORDER BY p."joinedAt", p.identity COLLATE "C"
    OFFSET 0
  ) AS joinings
  WHERE "isListed"
  ORDER BY "joinedAt", identity COLLATE "C"
  LIMIT $4::int
) AS present`;

/** Parameters: 1 room, 2 identity, 3 participantSid, 4 isServerMuted, 5 askedAt. */
export const MUTE = `
UPDATE "VoicePresence" SET "isServerMuted" = $4, "muteAskedAt" = $5::bigint
WHERE room = $1 AND identity COLLATE "C" = $2 AND "participantSid" = $3 AND "isPresent"
  AND coalesce("muteAskedAt", $5::bigint) <= $5::bigint`;
