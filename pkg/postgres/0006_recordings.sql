-- Recordings of channels: what migrations/0007 is for SQLite, as far as the tables are our own. Applying it twice changes
-- nothing. startedAt and endedAt are Unix seconds, and changedAt is Unix milliseconds, by LiveKit's clock; askedAt, claimedAt and
-- checkedAt are Unix milliseconds by ours.

-- The one recording of a room that is being started or runs, so that two requests do not start two. checkedAt: when LiveKit
-- was last asked about it.
CREATE TABLE IF NOT EXISTS "VoiceRecordingClaim" (
  "room" TEXT PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "userId" TEXT NOT NULL,
  "claimedAt" BIGINT NOT NULL,
  "checkedAt" BIGINT NOT NULL
);

-- The greatest state of each recording, by stage (0 starting, 1 active, 2 ending, 3 over) and then by changedAt. claimId NULL:
-- it was started elsewhere, and is kept for a day only. files: a JSON array. Rows of a stage 3 may be deleted.
CREATE TABLE IF NOT EXISTS "VoiceRecording" (
  "egressId" TEXT PRIMARY KEY,
  "room" TEXT NOT NULL,
  "claimId" TEXT,
  "startedBy" TEXT,
  "askedAt" BIGINT NOT NULL,
  "status" TEXT NOT NULL,
  "stage" INTEGER NOT NULL,
  "startedAt" BIGINT,
  "endedAt" BIGINT,
  "changedAt" BIGINT NOT NULL,
  "files" TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS "VoiceRecording_asked_idx"
  ON "VoiceRecording" ("room", "askedAt", "egressId" COLLATE "C") WHERE "claimId" IS NOT NULL;
CREATE INDEX IF NOT EXISTS "VoiceRecording_claim_idx" ON "VoiceRecording" ("claimId") WHERE "claimId" IS NOT NULL;
CREATE INDEX IF NOT EXISTS "VoiceRecording_elsewhere_idx" ON "VoiceRecording" ("askedAt") WHERE "claimId" IS NULL;
