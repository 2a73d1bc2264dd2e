-- Recordings of channels. Tables of our own. startedAt and endedAt are Unix seconds, and changedAt is Unix milliseconds, by
-- LiveKit's clock; askedAt, claimedAt and checkedAt are Unix milliseconds by ours.

-- The one recording of a room that is being started or runs, so that two requests do not start two. checkedAt: when LiveKit
-- was last asked about it.
CREATE TABLE "VoiceRecordingClaim" (
  room TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  userId TEXT NOT NULL,
  claimedAt INTEGER NOT NULL CHECK (typeof(claimedAt) = 'integer'),
  checkedAt INTEGER NOT NULL CHECK (typeof(checkedAt) = 'integer')
);

-- The greatest state of each recording, by stage (0 starting, 1 active, 2 ending, 3 over) and then by changedAt. claimId NULL:
-- it was started elsewhere, and is kept for a day only. files: a JSON array. Rows of a stage 3 may be deleted.
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

-- RECORD_CHANNEL is an action of ours.
UPDATE "Role" SET actions = json_insert(actions, '$[#]', 'RECORD_CHANNEL')
WHERE id IN ('role-moderator', 'role-community-admin')
  AND NOT EXISTS (SELECT 1 FROM json_each("Role".actions) a WHERE a.value = 'RECORD_CHANNEL');
