-- Overwrites of a channel, with the names of Prisma in Kraken (later called Semaphore) since October 2026, and revocation by session
-- and by a cut-off time, which Kraken stores in Redis. Times are Unix seconds.

-- allow and deny: JSON arrays of RbacAction names. EVERYONE is applied first, then all ROLE rows together, then MEMBER. Each step
-- removes the denied actions and then adds the allowed ones.
CREATE TABLE "ChannelPermissionOverwrite" (
  id TEXT PRIMARY KEY,
  channelId TEXT NOT NULL,
  targetType TEXT NOT NULL CHECK (targetType IN ('EVERYONE', 'ROLE', 'MEMBER')),
  roleId TEXT CHECK ((roleId IS NOT NULL) = (targetType = 'ROLE')),
  userId TEXT CHECK ((userId IS NOT NULL) = (targetType = 'MEMBER')),
  allow TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(allow) AND json_type(allow) = 'array'),
  deny TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(deny) AND json_type(deny) = 'array')
);
CREATE INDEX "ChannelPermissionOverwrite_channelId_idx" ON "ChannelPermissionOverwrite" (channelId);

-- Revoked sessions; in Kraken the Redis key token:revoked-session:<sid>. Rows past expiresAt may be deleted.
CREATE TABLE "RevokedSession" (
  sid TEXT PRIMARY KEY,
  expiresAt INTEGER NOT NULL
);

-- Tokens of the user that were issued (iat) at revokedUntil or before are revoked; in Kraken the Redis key
-- token:revoked-user:<id>. A row may be deleted when these tokens have expired.
CREATE TABLE "UserTokenCutoff" (
  userId TEXT PRIMARY KEY,
  revokedUntil INTEGER NOT NULL CHECK (typeof(revokedUntil) = 'integer')
);
