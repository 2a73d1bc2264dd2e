-- What Kraken, since called Semaphore, has had since its migration of October 2026: overwrites of a channel, as its Prisma
-- names them, and revocation by session and by a cut-off time, which it keeps in Redis. Times are Unix seconds.

-- allow and deny: JSON arrays of RbacAction names. Of EVERYONE, then all ROLE rows together, then MEMBER, each takes away what
-- it denies and then adds what it allows.
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

-- Stands in for token:revoked-session:<sid>. Rows past expiresAt may be deleted.
CREATE TABLE "RevokedSession" (
  sid TEXT PRIMARY KEY,
  expiresAt INTEGER NOT NULL
);

-- Stands in for token:revoked-user:<id>: tokens of the user that were issued (iat) at revokedUntil or before are revoked. A
-- row may be deleted once they have all expired.
CREATE TABLE "UserTokenCutoff" (
  userId TEXT PRIMARY KEY,
  revokedUntil INTEGER NOT NULL CHECK (typeof(revokedUntil) = 'integer')
);
