-- Agents are shown and marked, and presence is compared with LiveKit's own list. Times are Unix seconds.

ALTER TABLE "VoicePresence" ADD COLUMN isAgent INTEGER NOT NULL DEFAULT 0 CHECK (isAgent IN (0, 1));
-- Not present because LiveKit did not list the connection, though no event said that it ended: present again once it is listed.
ALTER TABLE "VoicePresence" ADD COLUMN isMissing INTEGER NOT NULL DEFAULT 0 CHECK (isMissing IN (0, 1));

-- When a room was last compared, by our clock.
CREATE TABLE "VoiceReconciliation" (
  room TEXT PRIMARY KEY,
  reconciledAt INTEGER NOT NULL CHECK (typeof(reconciledAt) = 'integer')
);
CREATE INDEX "VoiceReconciliation_reconciledAt_idx" ON "VoiceReconciliation" (reconciledAt);
