-- Kicks and locks of channels, and who got tokens for which identity: what migrations/0006 is for SQLite. Tables of our own.
-- Applying it twice changes nothing. Times are Unix seconds.

-- Who gets no token for a channel's room before "until". subject: an identity or the id of a user; an identity that is a user's
-- id is that user's. Rows past "until" may be deleted.
CREATE TABLE IF NOT EXISTS "VoiceKick" (
  "channelId" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "until" BIGINT NOT NULL,
  "byUserId" TEXT NOT NULL,
  "createdAt" BIGINT NOT NULL,
  PRIMARY KEY ("channelId", "subject")
);
CREATE INDEX IF NOT EXISTS "VoiceKick_until_idx" ON "VoiceKick" ("until");

-- Channels that are locked.
CREATE TABLE IF NOT EXISTS "VoiceLock" (
  "channelId" TEXT PRIMARY KEY,
  "lockedAt" BIGINT NOT NULL,
  "byUserId" TEXT NOT NULL
);

-- Users who got a token for an identity that is not their id; issuedAt is that of the last one.
CREATE TABLE IF NOT EXISTS "VoiceIdentity" (
  "room" TEXT NOT NULL,
  "identity" TEXT NOT NULL,
  "userId" TEXT NOT NULL,
  "issuedAt" BIGINT NOT NULL,
  PRIMARY KEY ("room", "identity", "userId")
);
-- The last holders of an identity.
CREATE INDEX IF NOT EXISTS "VoiceIdentity_last_idx"
  ON "VoiceIdentity" ("room", "identity", "issuedAt" DESC, "userId" COLLATE "C");
CREATE INDEX IF NOT EXISTS "VoiceIdentity_userId_idx" ON "VoiceIdentity" ("userId");
CREATE INDEX IF NOT EXISTS "VoiceIdentity_issuedAt_idx" ON "VoiceIdentity" ("issuedAt");
