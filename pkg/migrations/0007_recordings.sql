-- Recordings of channels. Not tables of Kraken. By LiveKit's clock: startedAt and endedAt in Unix seconds, changedAt in Unix
-- milliseconds. By the endpoint's clock: askedAt, claimedAt and checkedAt in Unix milliseconds.

-- Claims a room for the recording that is starting or running, so that two requests do not start two. checkedAt: when LiveKit was
-- last asked about it.
CREATE TABLE "VoiceRecordingClaim" (
  room TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  userId TEXT NOT NULL,
  claimedAt INTEGER NOT NULL CHECK (typeof(claimedAt) = 'integer'),
  checkedAt INTEGER NOT NULL CHECK (typeof(checkedAt) = 'integer')
);

-- The latest state of each recording: the greatest stage (0 starting, 1 active, 2 ending, 3 over), then the greatest changedAt.
-- claimId NULL: another program started it; the row is kept for a day. files: a JSON array. Rows of stage 3 may be deleted.
CREATE TABLE "VoiceRecording" (
  egressId TEXT PRIMARY KEY,
  room TEXT NOT NULL,
  claimId TEXT,
  startedBy TEXT,
  askedAt INTEGER NOT NULL CHECK (typeof(askedAt) = 'integer'),
  status TEXT NOT NULL,
  stage INTEGER NOT NULL CHECK (stage IN (0, 1, 2, 3)),
  startedAt INTEGER CHECK (typeof(startedAt) IN ('integer', 'null')),
  endedAt INTEGER CHECK (typeof(endedAt) IN ('integer', 'null')),
  changedAt INTEGER NOT NULL CHECK (typeof(changedAt) = 'integer'),
  files TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(files) AND json_type(files) = 'array')
);
CREATE INDEX "VoiceRecording_asked_idx" ON "VoiceRecording" (room, askedAt, egressId) WHERE claimId IS NOT NULL;
CREATE INDEX "VoiceRecording_claim_idx" ON "VoiceRecording" (claimId) WHERE claimId IS NOT NULL;
CREATE INDEX "VoiceRecording_elsewhere_idx" ON "VoiceRecording" (askedAt) WHERE claimId IS NULL;

-- RECORD_CHANNEL is an action of this endpoint, not of Kraken.
UPDATE "Role" SET actions = json_insert(actions, '$[#]', 'RECORD_CHANNEL')
WHERE id IN ('role-moderator', 'role-community-admin')
  AND NOT EXISTS (SELECT 1 FROM json_each("Role".actions) a WHERE a.value = 'RECORD_CHANNEL');
