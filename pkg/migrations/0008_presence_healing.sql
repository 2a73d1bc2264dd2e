-- Marks agents, and stores the comparison of presence with LiveKit's own list. Times are Unix seconds.

ALTER TABLE "VoicePresence" ADD COLUMN isAgent INTEGER NOT NULL DEFAULT 0 CHECK (isAgent IN (0, 1));
-- 1: LiveKit did not list the connection, but no event reported its end. It is present again when LiveKit lists it.
ALTER TABLE "VoicePresence" ADD COLUMN isMissing INTEGER NOT NULL DEFAULT 0 CHECK (isMissing IN (0, 1));

-- When each room was last compared, by the endpoint's clock.
CREATE TABLE "VoiceReconciliation" (
  room TEXT PRIMARY KEY,
  reconciledAt INTEGER NOT NULL CHECK (typeof(reconciledAt) = 'integer')
);
CREATE INDEX "VoiceReconciliation_reconciledAt_idx" ON "VoiceReconciliation" (reconciledAt);
