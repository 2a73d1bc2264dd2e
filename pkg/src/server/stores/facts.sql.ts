/**
 * The one query, for SQLite and D1. It always returns one row. A ban or timeout of another type than it should have must
 * not look like none: D1 returns an infinite number as NULL. Parameters: 1 user id, 2 token id, 3 channel id,
 * 4 identity, 5 group id.
 */
export const FACTS_SQL = `
SELECT
  u.id AS userId,
  u.role AS role,
  u.banned AS banned,
  EXISTS (SELECT 1 FROM "RevokedToken" t WHERE t.jti = ?2) AS tokenRevoked,
  c.id AS channelId,
  c.isPrivate AS isPrivate,
  EXISTS (SELECT 1 FROM "ChannelMembership" m WHERE m.userId = u.id AND m.channelId = c.id) AS isMember,
  (SELECT g.groupId FROM "DirectMessageGroupMember" g WHERE g.groupId = ?5 AND g.userId = u.id) AS groupId,
  (SELECT json_group_array(DISTINCT a.value)
     FROM "UserRoles" ur JOIN "Role" r ON r.id = ur.roleId JOIN json_each(CASE json_type(r.actions) WHEN 'array' THEN r.actions END) a
    WHERE ur.userId = u.id AND ur.communityId = c.communityId AND ur.isInstanceRole = 0) AS actions,
  CASE WHEN b.userId IS NULL THEN NULL WHEN typeof(b.active) = 'integer' THEN b.active ELSE 'not a flag' END AS banActive,
  b.expiresAt AS banEnds,
  CASE WHEN o.userId IS NULL THEN NULL WHEN typeof(o.expiresAt) = 'integer' THEN o.expiresAt ELSE 'not a time' END AS timeoutEnds,
  EXISTS (SELECT 1 FROM "User" other WHERE other.id = ?4) AS identityIsUser
FROM (SELECT 1)
LEFT JOIN "User" u ON u.id = ?1
LEFT JOIN "Channel" c ON c.id = ?3
LEFT JOIN "CommunityBan" b ON b.userId = u.id AND b.communityId = c.communityId
LEFT JOIN "CommunityTimeout" o ON o.userId = u.id AND o.communityId = c.communityId`;
