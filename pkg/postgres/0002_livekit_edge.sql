-- Our own tables, for a database that has Kraken's or those of 0001. Applying it twice changes nothing. Times are Unix
-- seconds.

-- Stands in for Kraken's Redis key token:blacklist:<jti>. Rows past expiresAt may be deleted.
CREATE TABLE IF NOT EXISTS "RevokedToken" (
  "jti" TEXT PRIMARY KEY,
  "expiresAt" BIGINT NOT NULL
);

-- The latest event about each participant of each start of a room. isPresent: joined, and has not left or seen the room end.
CREATE TABLE IF NOT EXISTS "VoicePresence" (
  "roomSid" TEXT NOT NULL,
  "participantSid" TEXT NOT NULL,
  "room" TEXT NOT NULL,
  "identity" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "isPresent" BOOLEAN NOT NULL,
  "isServerMuted" BOOLEAN NOT NULL DEFAULT false,
  "joinedAt" BIGINT,
  "changedAt" BIGINT NOT NULL,
  PRIMARY KEY ("roomSid", "participantSid")
);
CREATE INDEX IF NOT EXISTS "VoicePresence_room_isPresent_idx" ON "VoicePresence" ("room", "isPresent");
CREATE INDEX IF NOT EXISTS "VoicePresence_gone_idx" ON "VoicePresence" ("changedAt") WHERE NOT "isPresent";

-- Starts of rooms that have ended: a participant whose join is reported afterwards is not present.
CREATE TABLE IF NOT EXISTS "VoiceRoomEnd" (
  "roomSid" TEXT PRIMARY KEY,
  "endedAt" BIGINT NOT NULL
);

-- Events that were applied: LiveKit sends them again when an answer was lost. receivedAt is by our clock.
CREATE TABLE IF NOT EXISTS "WebhookEvent" (
  "id" TEXT PRIMARY KEY,
  "receivedAt" BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS "WebhookEvent_receivedAt_idx" ON "WebhookEvent" ("receivedAt");
