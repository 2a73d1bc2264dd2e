-- Kicks and locks of channels, and which users got tokens for which identity, as migrations/0006 for SQLite. Not tables of Kraken.
-- May be applied twice. Times are Unix seconds.

-- Users and identities that get no token for a channel's room before "until". subject: the id of a user, or another identity; an
-- identity that equals a user's id belongs to that user. Rows past "until" may be deleted.
CREATE TABLE IF NOT EXISTS "VoiceKick" (
  "channelId" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "until" BIGINT NOT NULL,
  "byUserId" TEXT NOT NULL,
  "createdAt" BIGINT NOT NULL,
  PRIMARY KEY ("channelId", "subject")
);
CREATE INDEX IF NOT EXISTS "VoiceKick_until_idx" ON "VoiceKick" ("until");

-- Locked channels.
CREATE TABLE IF NOT EXISTS "VoiceLock" (
  "channelId" TEXT PRIMARY KEY,
  "lockedAt" BIGINT NOT NULL,
  "byUserId" TEXT NOT NULL
);

-- Users who got a token for an identity that is not their id. issuedAt is the time of the last token.
CREATE TABLE IF NOT EXISTS "VoiceIdentity" (
  "room" TEXT NOT NULL,
  "identity" TEXT NOT NULL,
  "userId" TEXT NOT NULL,
  "issuedAt" BIGINT NOT NULL,
  PRIMARY KEY ("room", "identity", "userId")
);
-- The latest holders of an identity.
CREATE INDEX IF NOT EXISTS "VoiceIdentity_last_idx"
  ON "VoiceIdentity" ("room", "identity", "issuedAt" DESC, "userId" COLLATE "C");
CREATE INDEX IF NOT EXISTS "VoiceIdentity_userId_idx" ON "VoiceIdentity" ("userId", "issuedAt");
CREATE INDEX IF NOT EXISTS "VoiceIdentity_issuedAt_idx" ON "VoiceIdentity" ("issuedAt");
