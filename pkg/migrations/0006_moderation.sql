-- Kicks and locks of channels, and which users got tokens for which identity. Not tables of Kraken. Times are Unix seconds.

-- Users and identities that get no token for a channel's room before "until". subject: the id of a user, or another identity; an
-- identity that equals a user's id belongs to that user. Rows past "until" may be deleted.
CREATE TABLE "VoiceKick" (
  channelId TEXT NOT NULL,
  subject TEXT NOT NULL,
  until INTEGER NOT NULL CHECK (typeof(until) = 'integer'),
  byUserId TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  PRIMARY KEY (channelId, subject)
);
CREATE INDEX "VoiceKick_until_idx" ON "VoiceKick" (until);

-- Locked channels.
CREATE TABLE "VoiceLock" (
  channelId TEXT PRIMARY KEY,
  lockedAt INTEGER NOT NULL CHECK (typeof(lockedAt) = 'integer'),
  byUserId TEXT NOT NULL
);

-- Users who got a token for an identity that is not their id. issuedAt is the time of the last token.
CREATE TABLE "VoiceIdentity" (
  room TEXT NOT NULL,
  identity TEXT NOT NULL,
  userId TEXT NOT NULL,
  issuedAt INTEGER NOT NULL,
  PRIMARY KEY (room, identity, userId)
);
-- The latest holders of an identity.
CREATE INDEX "VoiceIdentity_last_idx" ON "VoiceIdentity" (room, identity, issuedAt DESC, userId);
CREATE INDEX "VoiceIdentity_userId_idx" ON "VoiceIdentity" (userId, issuedAt);
CREATE INDEX "VoiceIdentity_issuedAt_idx" ON "VoiceIdentity" (issuedAt);
