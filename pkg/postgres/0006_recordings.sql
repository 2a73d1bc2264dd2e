-- Recordings of channels: the tables of migrations/0007 for SQLite. Not tables of Kraken. May be applied twice. By LiveKit's clock:
-- startedAt and endedAt in Unix seconds, changedAt in Unix milliseconds. By the endpoint's clock: askedAt, claimedAt and checkedAt
-- in Unix milliseconds.

-- Claims a room for the recording that is starting or running, so that two requests do not start two. checkedAt: when LiveKit was
-- last asked about it.
CREATE TABLE IF NOT EXISTS "VoiceRecordingClaim" (
  "room" TEXT PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "userId" TEXT NOT NULL,
  "claimedAt" BIGINT NOT NULL,
  "checkedAt" BIGINT NOT NULL
);

-- The latest state of each recording: the greatest stage (0 starting, 1 active, 2 ending, 3 over), then the greatest changedAt.
-- claimId NULL: another program started it; the row is kept for a day. files: a JSON array. Rows of stage 3 may be deleted.
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
