-- Kicks and locks of channels, and who got tokens for which identity. Tables of our own. Times are Unix seconds.

-- Who gets no token for a channel's room before "until". subject: an identity or the id of a user; an identity that is a user's
-- id is that user's. Rows past "until" may be deleted.
CREATE TABLE "VoiceKick" (
  channelId TEXT NOT NULL,
  subject TEXT NOT NULL,
  until INTEGER NOT NULL CHECK (typeof(until) = 'integer'),
  byUserId TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  PRIMARY KEY (channelId, subject)
);
CREATE INDEX "VoiceKick_until_idx" ON "VoiceKick" (until);

-- Channels that are locked.
CREATE TABLE "VoiceLock" (
  channelId TEXT PRIMARY KEY,
  lockedAt INTEGER NOT NULL CHECK (typeof(lockedAt) = 'integer'),
  byUserId TEXT NOT NULL
);

-- Users who got a token for an identity that is not their id; issuedAt is that of the last one.
CREATE TABLE "VoiceIdentity" (
  room TEXT NOT NULL,
  identity TEXT NOT NULL,
  userId TEXT NOT NULL,
  issuedAt INTEGER NOT NULL,
  PRIMARY KEY (room, identity, userId)
);
-- The last holders of an identity.
CREATE INDEX "VoiceIdentity_last_idx" ON "VoiceIdentity" (room, identity, issuedAt DESC, userId);
CREATE INDEX "VoiceIdentity_userId_idx" ON "VoiceIdentity" (userId);
CREATE INDEX "VoiceIdentity_issuedAt_idx" ON "VoiceIdentity" (issuedAt);
