-- Marks agents, and stores the comparison of presence with LiveKit's own list, as migrations/0008 for SQLite. May be applied twice.
-- Times are Unix seconds.

ALTER TABLE "VoicePresence" ADD COLUMN IF NOT EXISTS "isAgent" BOOLEAN NOT NULL DEFAULT false;
-- True: LiveKit did not list the connection, but no event reported its end. It is present again when LiveKit lists it.
ALTER TABLE "VoicePresence" ADD COLUMN IF NOT EXISTS "isMissing" BOOLEAN NOT NULL DEFAULT false;

-- When each room was last compared, by the endpoint's clock.
CREATE TABLE IF NOT EXISTS "VoiceReconciliation" (
  "room" TEXT PRIMARY KEY,
  "reconciledAt" BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS "VoiceReconciliation_reconciledAt_idx" ON "VoiceReconciliation" ("reconciledAt");
