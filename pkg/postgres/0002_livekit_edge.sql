-- The endpoint's own tables, for a database with those of Kraken or of 0001. May be applied twice. Times are Unix seconds.

-- Revoked user tokens; in Kraken the Redis key token:blacklist:<jti>. Rows past expiresAt may be deleted.
CREATE TABLE IF NOT EXISTS "RevokedToken" (
  "jti" TEXT PRIMARY KEY,
  "expiresAt" BIGINT NOT NULL
);

-- The latest event about each participant in each session of a room. isPresent: has joined and not left, and the room has not ended.
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

-- Sessions of rooms that have ended. A participant whose join is reported after the end is not present.
CREATE TABLE IF NOT EXISTS "VoiceRoomEnd" (
  "roomSid" TEXT PRIMARY KEY,
  "endedAt" BIGINT NOT NULL
);

-- Events that were applied, because LiveKit repeats an event if the response is lost. receivedAt is a time of the endpoint's clock.
CREATE TABLE IF NOT EXISTS "WebhookEvent" (
  "id" TEXT PRIMARY KEY,
  "receivedAt" BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS "WebhookEvent_receivedAt_idx" ON "WebhookEvent" ("receivedAt");
