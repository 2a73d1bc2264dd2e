/** The query of facts, for SQLite and D1. */
import { LATER_TABLES, type Layout } from './layouts.js';

const has = (part: keyof Layout): string => {
  const names = LATER_TABLES[part].map((name) => `'${name}'`).join(', ');
  return `(SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN (${names})) = ${LATER_TABLES[part].length}`;
};

/** Selects the layout of the database, as flags. */
export const LAYOUT_SQL = `SELECT ${has('overwrites')} AS overwrites, ${has('cutOffs')} AS cutOffs,
  ${has('moderation')} AS moderation`;

/**
 * SQL: the overwrites for everyone, for the user's roles and for the user. Those with an unknown target are included,
 * so that the rules reject them.
 */
const OVERWRITES = `(SELECT json_group_array(json_object('targetType', w.targetType,
            'allow', json(CASE WHEN json_valid(w.allow) THEN w.allow END), 'deny', json(CASE WHEN json_valid(w.deny) THEN w.deny END)))
     FROM "ChannelPermissionOverwrite" w
    WHERE w.channelId = c.id AND CASE w.targetType
      WHEN 'ROLE' THEN EXISTS (SELECT 1 FROM "UserRoles" ur
        WHERE ur.userId = u.id AND ur.communityId = c.communityId AND ur.roleId = w.roleId AND ur.isInstanceRole = 0)
      WHEN 'MEMBER' THEN w.userId = u.id
      ELSE 1 END)`;
const SESSION_REVOKED = `EXISTS (SELECT 1 FROM "RevokedSession" s WHERE s.sid = ?6)`;
const REVOKED_UNTIL = `(SELECT CASE typeof(k.revokedUntil) WHEN 'integer' THEN k.revokedUntil ELSE 'not a time' END
     FROM "UserTokenCutoff" k WHERE k.userId = u.id)`;

/** SQL: the end of the kick of a user or identity. */
const kickedUntil = (
  subject: string,
): string => `(SELECT CASE typeof(x.until) WHEN 'integer' THEN x.until ELSE 'not a time' END
     FROM "VoiceKick" x WHERE x.channelId = c.id AND x.subject = ${subject})`;
const LOCKED_AT = `(SELECT CASE typeof(l.lockedAt) WHEN 'integer' THEN l.lockedAt ELSE 'not a time' END
     FROM "VoiceLock" l WHERE l.channelId = c.id)`;

/**
 * Returns the query for a layout. Its result is one row, or none if the database has a table that the layout lacks. A
 * ban or timeout of the wrong type must not become NULL, which means none (D1 returns an infinite number as NULL). A
 * malformed overwrite becomes NULL, which the rules reject, so that no denied action is ignored.
 *
 * Parameters: 1 user id, 2 token id, 3 channel id, 4 identity, 5 group id, 6 session id.
 */
export const factsSql = ({ overwrites, cutOffs, moderation }: Layout): string => `
SELECT
  u.id AS userId,
  u.role AS role,
  u.banned AS banned,
  EXISTS (SELECT 1 FROM "RevokedToken" t WHERE t.jti = ?2) AS tokenRevoked,
  ${cutOffs ? SESSION_REVOKED : '?6 IS NULL AND 0'} AS sessionRevoked,
  ${cutOffs ? REVOKED_UNTIL : 'NULL'} AS revokedUntil,
  c.id AS channelId,
  c.isPrivate AS isPrivate,
  EXISTS (SELECT 1 FROM "ChannelMembership" m WHERE m.userId = u.id AND m.channelId = c.id) AS isMember,
  (SELECT g.groupId FROM "DirectMessageGroupMember" g WHERE g.groupId = ?5 AND g.userId = u.id) AS groupId,
  EXISTS (SELECT 1 FROM "Channel" d WHERE d.id = ?5) AS groupIsChannel,
  (SELECT json_group_array(json(r.actions)) FILTER (WHERE json_type(r.actions) = 'array')
     FROM "UserRoles" ur JOIN "Role" r ON r.id = ur.roleId
    WHERE ur.userId = u.id AND ur.communityId = c.communityId AND ur.isInstanceRole = 0) AS actions,
  EXISTS (SELECT 1 FROM "UserRoles" ur
    WHERE ur.userId = u.id AND ur.communityId = c.communityId AND ur.isInstanceRole = 0) AS hasRole,
  0 AS voiceByRole,
  ${overwrites ? OVERWRITES : "'[]'"} AS overwrites,
  CASE WHEN b.userId IS NULL THEN NULL WHEN typeof(b.active) = 'integer' THEN b.active ELSE 'not a flag' END AS banActive,
  b.expiresAt AS banEnds,
  CASE WHEN o.userId IS NULL THEN NULL WHEN typeof(o.expiresAt) = 'integer' THEN o.expiresAt ELSE 'not a time' END AS timeoutEnds,
  EXISTS (SELECT 1 FROM "User" other WHERE other.id = ?4) AS identityIsUser,
  ${moderation ? kickedUntil('u.id') : 'NULL'} AS kickedUntil,
  ${moderation ? kickedUntil('?4') : 'NULL'} AS identityKickedUntil,
  ${moderation ? LOCKED_AT : 'NULL'} AS lockedAt
FROM (SELECT 1 WHERE ${overwrites || `NOT ${has('overwrites')}`} AND ${cutOffs || `NOT ${has('cutOffs')}`}
  AND ${moderation || `NOT ${has('moderation')}`})
LEFT JOIN "User" u ON u.id = ?1
LEFT JOIN "Channel" c ON c.id = ?3
LEFT JOIN "CommunityBan" b ON b.userId = u.id AND b.communityId = c.communityId
LEFT JOIN "CommunityTimeout" o ON o.userId = u.id AND o.communityId = c.communityId`;
