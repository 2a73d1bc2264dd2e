/** The statements of rooms, for SQLite and D1. */

/** Parameter: 1 room. */
export const ROOM_KIND_SQL = `
SELECT CASE
  WHEN EXISTS (SELECT 1 FROM "Channel" WHERE id = ?1) THEN 'channel'
  WHEN EXISTS (SELECT 1 FROM "DirectMessageGroupMember" WHERE groupId = ?1) THEN 'group'
END AS kind`;

/**
 * Selects the rooms of a user. Of the identities that the user got tokens with, only the latest are included.
 * Parameters: 1 userId, 2 limit.
 */
export const ROOMS_OF_USER_SQL = `
SELECT room, identity FROM (
  SELECT room, identity, 1 AS isPresent FROM (
    SELECT DISTINCT room, identity FROM "VoicePresence" WHERE identity = ?1 AND isPresent = 1 LIMIT ?2
  )
  UNION
  SELECT h.room, h.identity, EXISTS (
    SELECT 1 FROM "VoicePresence" p WHERE p.room = h.room AND p.identity = h.identity AND p.isPresent = 1
  ) AS isPresent
  FROM (
    SELECT room, identity FROM "VoiceIdentity" WHERE userId = ?1 ORDER BY issuedAt DESC LIMIT ?2
  ) AS h
)
ORDER BY isPresent DESC, room, identity
LIMIT ?2`;
