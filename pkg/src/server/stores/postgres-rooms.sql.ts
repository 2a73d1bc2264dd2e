/**
 * The statements of rooms, for PostgreSQL. Each result is one JSON value in the column `answer`. `clock_timestamp` is
 * explained in `postgres.sql.ts`.
 */

/** Parameter: 1 room. */
export const ROOM_KIND = `
SELECT to_json(CASE
  WHEN EXISTS (SELECT 1 FROM "Channel" WHERE id = $1) THEN 'channel'
  WHEN EXISTS (SELECT 1 FROM "DirectMessageGroupMember" WHERE "groupId" = $1) THEN 'group'
END) AS answer, clock_timestamp() AS uncached`;

/** As `ROOMS_OF_USER_SQL` of `rooms.sql.ts`. Parameters: 1 userId, 2 limit. */
export const ROOMS_OF_USER = `
SELECT coalesce(json_agg(json_build_object('room', found.room, 'identity', found.identity)), '[]') AS answer FROM (
  SELECT room, identity, clock_timestamp() AS uncached FROM (
    SELECT room, identity, true AS "isPresent" FROM (
      SELECT DISTINCT room, identity FROM "VoicePresence" WHERE identity COLLATE "C" = $1::text AND "isPresent"
      LIMIT $2::int
    ) AS present
    UNION
    SELECT h.room, h.identity, EXISTS (
      SELECT 1 FROM "VoicePresence" p WHERE p.room = h.room AND p.identity COLLATE "C" = h.identity AND p."isPresent"
    ) AS "isPresent"
    FROM (
      SELECT room, identity FROM "VoiceIdentity" WHERE "userId" = $1::text ORDER BY "issuedAt" DESC LIMIT $2::int
    ) AS h
  ) AS every
  ORDER BY "isPresent" DESC, room COLLATE "C", identity COLLATE "C"
  LIMIT $2::int
) AS found`;
