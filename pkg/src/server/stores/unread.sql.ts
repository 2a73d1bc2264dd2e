/** The query for names in a PostgreSQL database that seem to concern permissions but are not read, for a warning. */

/**
 * Known columns of the tables with permissions: those that facts use, and those of Kraken that do not affect
 * permissions.
 */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Role: ['id', 'name', 'communityId', 'isDefault', 'actions', 'position'],
  UserRoles: ['id', 'userId', 'communityId', 'roleId', 'isInstanceRole'],
  ChannelMembership: ['id', 'userId', 'channelId', 'addedBy', 'joinedAt'],
  ChannelPermissionOverwrite: ['id', 'channelId', 'targetType', 'roleId', 'userId', 'allow', 'deny'],
  CommunityBan: ['id', 'communityId', 'userId', 'active', 'expiresAt', 'moderatorId', 'reason'],
  CommunityTimeout: ['id', 'communityId', 'userId', 'expiresAt', 'moderatorId', 'reason'],
  RevokedToken: ['jti', 'expiresAt'],
  RevokedSession: ['sid', 'expiresAt'],
  UserTokenCutoff: ['userId', 'revokedUntil'],
  User: ['role', 'banned', 'bannedAt', 'bannedById'],
  Channel: ['isPrivate'],
};
/** Tables with many other columns. Their columns are reported only if the name matches `WORDS`. */
const WIDE = ['User', 'Channel'];
/** Columns that never affect permissions. */
const ANYWHERE = ['createdAt', 'updatedAt'];
/** Known values of the enums with permissions. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  InstanceRole: ['OWNER', 'USER'],
  OverwriteTarget: ['EVERYONE', 'ROLE', 'MEMBER'],
};
/** Case-insensitive regular expression of PostgreSQL for names that concern permissions. */
const WORDS = '(permission|overwrite|roles?$|ban(s|ned)?$|timeout|restrict|suspen|revoke|block(ed)?until|private$)';

const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');
const pairs = (of: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(of)
    .flatMap(([first, seconds]) => seconds.map((second) => `('${first}', '${second}')`))
    .join(', ');

/** Selects a sorted array of names of tables, columns and values. */
export const UNREAD = `
SELECT coalesce(json_agg(name ORDER BY name COLLATE "C"), '[]') AS answer FROM (
  SELECT 'table ' || c.relname AS name
  FROM pg_class c
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND pg_table_is_visible(c.oid) AND c.relnamespace <> 'pg_catalog'::regnamespace
    AND c.relname ~* '${WORDS}' AND c.relname NOT IN (${list(Object.keys(COLUMNS))})
  UNION ALL
  SELECT 'column ' || c.relname || '.' || a.attname
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND pg_table_is_visible(c.oid) AND c.relname IN (${list(Object.keys(COLUMNS))})
    AND (c.relname::text, a.attname::text) NOT IN (${pairs(COLUMNS)}) AND a.attname NOT IN (${list(ANYWHERE)})
    AND (c.relname NOT IN (${list(WIDE)}) OR a.attname ~* '${WORDS}')
  UNION ALL
  SELECT 'value ' || t.typname || '.' || e.enumlabel
  FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
  WHERE pg_type_is_visible(t.oid) AND t.typname IN (${list(Object.keys(VALUES))})
    AND (t.typname::text, e.enumlabel::text) NOT IN (${pairs(VALUES)})
) AS unread`;
