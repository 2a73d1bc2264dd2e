-- Agents are shown and marked, and presence is compared with LiveKit's own list: what migrations/0008 is for SQLite. Applying
-- it twice changes nothing. Times are Unix seconds.

ALTER TABLE "VoicePresence" ADD COLUMN IF NOT EXISTS "isAgent" BOOLEAN NOT NULL DEFAULT false;
-- Not present because LiveKit did not list the connection, though no event said that it ended: present again once it is listed.
ALTER TABLE "VoicePresence" ADD COLUMN IF NOT EXISTS "isMissing" BOOLEAN NOT NULL DEFAULT false;

-- When a room was last compared, by our clock.
CREATE TABLE IF NOT EXISTS "VoiceReconciliation" (
  "room" TEXT PRIMARY KEY,
  "reconciledAt" BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS "VoiceReconciliation_reconciledAt_idx" ON "VoiceReconciliation" ("reconciledAt");
