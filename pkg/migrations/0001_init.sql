-- The tables and columns of Kraken, a chat platform, that the token endpoint reads. Flags are 0 or 1, times are Unix seconds.

CREATE TABLE "User" (
  id TEXT PRIMARY KEY,
  username TEXT UNIQUE NOT NULL,
  displayName TEXT,
  role TEXT NOT NULL DEFAULT 'USER' CHECK (role IN ('OWNER', 'USER')),
  banned INTEGER NOT NULL DEFAULT 0 CHECK (banned IN (0, 1))
);

CREATE TABLE "Channel" (
  id TEXT PRIMARY KEY,
  communityId TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL DEFAULT 'TEXT' CHECK (type IN ('TEXT', 'VOICE')),
  isPrivate INTEGER NOT NULL DEFAULT 0 CHECK (isPrivate IN (0, 1)),
  UNIQUE (communityId, name)
);

CREATE TABLE "ChannelMembership" (
  userId TEXT NOT NULL,
  channelId TEXT NOT NULL,
  addedBy TEXT,
  UNIQUE (userId, channelId)
);

-- actions: a JSON array of RbacAction names.
CREATE TABLE "Role" (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  communityId TEXT,
  isDefault INTEGER NOT NULL DEFAULT 0 CHECK (isDefault IN (0, 1)),
  actions TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(actions) AND json_type(actions) = 'array')
);

CREATE TABLE "UserRoles" (
  id TEXT PRIMARY KEY,
  userId TEXT NOT NULL,
  communityId TEXT,
  roleId TEXT NOT NULL,
  isInstanceRole INTEGER NOT NULL DEFAULT 0 CHECK (isInstanceRole IN (0, 1)),
  UNIQUE (userId, communityId, roleId)
);

CREATE TABLE "DirectMessageGroupMember" (
  groupId TEXT NOT NULL,
  userId TEXT NOT NULL,
  UNIQUE (groupId, userId)
);

-- Revoked user tokens; in Kraken the Redis key token:blacklist:<jti>. Rows past expiresAt may be deleted.
CREATE TABLE "RevokedToken" (
  jti TEXT PRIMARY KEY,
  expiresAt INTEGER NOT NULL
);

-- expiresAt NULL: never expires.
CREATE TABLE "CommunityBan" (
  communityId TEXT NOT NULL,
  userId TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  expiresAt INTEGER CHECK (typeof(expiresAt) IN ('integer', 'null')),
  UNIQUE (communityId, userId)
);

CREATE TABLE "CommunityTimeout" (
  communityId TEXT NOT NULL,
  userId TEXT NOT NULL,
  expiresAt INTEGER NOT NULL CHECK (typeof(expiresAt) = 'integer'),
  UNIQUE (communityId, userId)
);
