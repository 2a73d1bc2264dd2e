-- Presence whose cost does not grow with a room, and revocation by session and by a cut-off time: the tables of migrations/0004
-- and 0005 for SQLite that are not Kraken's. May be applied twice. Times are Unix seconds.

-- The latest events of each room. roomSid is the session with the latest event, changedAt the time of that event, and
-- othersChangedAt the latest time of an event in another session (NULL: there was none).
CREATE TABLE IF NOT EXISTS "VoiceRoom" (
  "room" TEXT PRIMARY KEY,
  "roomSid" TEXT NOT NULL,
  "changedAt" BIGINT NOT NULL,
  "othersChangedAt" BIGINT
);
CREATE INDEX IF NOT EXISTS "VoiceRoom_changedAt_idx" ON "VoiceRoom" ("changedAt");

-- Time of the request of the last stored mute or unmute: Unix milliseconds by the endpoint's clock.
ALTER TABLE "VoicePresence" ADD COLUMN IF NOT EXISTS "muteAskedAt" BIGINT;

-- A time in the far future would hide all participants who join later.
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
-- Pages of presence, in the order of joining. Strings are compared by their bytes, as in SQLite.
CREATE INDEX IF NOT EXISTS "VoicePresence_joined_idx"
  ON "VoicePresence" ("room", "joinedAt", "identity" COLLATE "C") WHERE "isPresent";
-- The connections of an identity.
CREATE INDEX IF NOT EXISTS "VoicePresence_identity_idx"
  ON "VoicePresence" ("room", "identity" COLLATE "C") WHERE "isPresent";
-- Sessions of a room with participants, to find those before the latest session.
CREATE INDEX IF NOT EXISTS "VoicePresence_start_idx"
  ON "VoicePresence" ("room", "roomSid" COLLATE "C", "changedAt") WHERE "isPresent";
CREATE INDEX IF NOT EXISTS "VoiceRoomEnd_endedAt_idx" ON "VoiceRoomEnd" ("endedAt");

-- Revoked sessions; in Kraken the Redis key token:revoked-session:<sid>. Rows past expiresAt may be deleted.
CREATE TABLE IF NOT EXISTS "RevokedSession" (
  "sid" TEXT PRIMARY KEY,
  "expiresAt" BIGINT NOT NULL
);

-- Tokens of the user that were issued (iat) at revokedUntil or before are revoked; in Kraken the Redis key
-- token:revoked-user:<id>. A row may be deleted when these tokens have expired.
CREATE TABLE IF NOT EXISTS "UserTokenCutoff" (
  "userId" TEXT PRIMARY KEY,
  "revokedUntil" BIGINT NOT NULL
);
