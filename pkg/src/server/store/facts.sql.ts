/**
 * The one query, for SQLite and D1. It always returns one row. Parameters: 1 user id, 2 token id, 3 channel id,
 * 4 identity.
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
  (SELECT json_group_array(DISTINCT a.value)
     FROM "UserRoles" ur JOIN "Role" r ON r.id = ur.roleId JOIN json_each(r.actions) a
    WHERE ur.userId = u.id AND ur.communityId = c.communityId AND ur.isInstanceRole = 0) AS actions,
  b.active AS banActive,
  b.expiresAt AS banEnds,
  o.expiresAt AS timeoutEnds,
  EXISTS (SELECT 1 FROM "User" other WHERE other.id = ?4) AS identityIsUser
FROM (SELECT 1)
LEFT JOIN "User" u ON u.id = ?1
LEFT JOIN "Channel" c ON c.id = ?3
LEFT JOIN "CommunityBan" b ON b.userId = u.id AND b.communityId = c.communityId
LEFT JOIN "CommunityTimeout" o ON o.userId = u.id AND o.communityId = c.communityId`;
