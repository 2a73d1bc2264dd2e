-- Presence whose cost does not grow with a room, and revocation by session and by a cut-off time: what migrations/0004 and
-- 0005 are for SQLite, as far as the tables are our own. Applying it twice changes nothing. Times are Unix seconds.

-- The latest events of each room. roomSid is the start with the latest event, changedAt the time of that event, and
-- othersChangedAt the latest time of an event in another start (NULL: there was none).
CREATE TABLE IF NOT EXISTS "VoiceRoom" (
  "room" TEXT PRIMARY KEY,
  "roomSid" TEXT NOT NULL,
  "changedAt" BIGINT NOT NULL,
  "othersChangedAt" BIGINT
);
CREATE INDEX IF NOT EXISTS "VoiceRoom_changedAt_idx" ON "VoiceRoom" ("changedAt");

-- When the last mute or unmute that is noted was asked for, in Unix milliseconds by our clock.
ALTER TABLE "VoicePresence" ADD COLUMN IF NOT EXISTS "muteAskedAt" BIGINT;

-- Times of the far future would hide everyone who joins later.
UPDATE "VoicePresence" SET "changedAt" = extract(epoch FROM now())::bigint
WHERE "changedAt" > extract(epoch FROM now())::bigint + 60;
UPDATE "VoicePresence" SET "joinedAt" = "changedAt" WHERE "joinedAt" > "changedAt";

INSERT INTO "VoiceRoom" ("room", "roomSid", "changedAt", "othersChangedAt")
SELECT latest."room", latest."roomSid", latest."changedAt", (
  SELECT max(o."changedAt") FROM "VoicePresence" o WHERE o."room" = latest."room" AND o."roomSid" <> latest."roomSid"
)
FROM (
  SELECT DISTINCT ON ("room") "room", "roomSid", "changedAt" FROM "VoicePresence"
  ORDER BY "room", "changedAt" DESC, "roomSid"
) AS latest
ON CONFLICT DO NOTHING;

DROP INDEX IF EXISTS "VoicePresence_room_isPresent_idx";
-- Pages of the present, in the order of joining. Texts are compared by their bytes, as in SQLite.
CREATE INDEX IF NOT EXISTS "VoicePresence_joined_idx"
  ON "VoicePresence" ("room", "joinedAt", "identity" COLLATE "C") WHERE "isPresent";
-- The connections of one person.
CREATE INDEX IF NOT EXISTS "VoicePresence_identity_idx"
  ON "VoicePresence" ("room", "identity" COLLATE "C") WHERE "isPresent";
-- Starts of a room that have participants, and which of these are overtaken.
CREATE INDEX IF NOT EXISTS "VoicePresence_start_idx"
  ON "VoicePresence" ("room", "roomSid" COLLATE "C", "changedAt") WHERE "isPresent";
CREATE INDEX IF NOT EXISTS "VoiceRoomEnd_endedAt_idx" ON "VoiceRoomEnd" ("endedAt");

-- Stands in for Kraken's Redis key token:revoked-session:<sid>. Rows past expiresAt may be deleted.
CREATE TABLE IF NOT EXISTS "RevokedSession" (
  "sid" TEXT PRIMARY KEY,
  "expiresAt" BIGINT NOT NULL
);

-- Stands in for Kraken's Redis key token:revoked-user:<id>: tokens of the user that were issued (iat) at revokedUntil or
-- before are revoked. A row may be deleted once they have all expired.
CREATE TABLE IF NOT EXISTS "UserTokenCutoff" (
  "userId" TEXT PRIMARY KEY,
  "revokedUntil" BIGINT NOT NULL
);
