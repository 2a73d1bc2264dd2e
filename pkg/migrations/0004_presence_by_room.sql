-- The latest events of each room. An event is compared with two times instead of with every participant, so that its cost does
-- not grow with the room. roomSid is the session with the latest event, changedAt the time of that event, and othersChangedAt the
-- latest time of an event in another session (NULL: there was none). Times are Unix seconds.
CREATE TABLE "VoiceRoom" (
  room TEXT PRIMARY KEY,
  roomSid TEXT NOT NULL,
  changedAt INTEGER NOT NULL CHECK (typeof(changedAt) = 'integer'),
  othersChangedAt INTEGER CHECK (typeof(othersChangedAt) IN ('integer', 'null'))
);
CREATE INDEX "VoiceRoom_changedAt_idx" ON "VoiceRoom" (changedAt);

-- Time of the request of the last stored mute or unmute: Unix milliseconds by the endpoint's clock.
ALTER TABLE "VoicePresence" ADD COLUMN muteAskedAt INTEGER CHECK (typeof(muteAskedAt) IN ('integer', 'null'));

-- A time in the far future would hide all participants who join later.
UPDATE "VoicePresence" SET changedAt = CAST(strftime('%s', 'now') AS INTEGER)
WHERE changedAt > CAST(strftime('%s', 'now') AS INTEGER) + 60;
UPDATE "VoicePresence" SET joinedAt = changedAt WHERE joinedAt > changedAt;

INSERT INTO "VoiceRoom" (room, roomSid, changedAt, othersChangedAt)
SELECT room, roomSid, changedAt,
  (SELECT max(o.changedAt) FROM "VoicePresence" o WHERE o.room = latest.room AND o.roomSid <> latest.roomSid)
FROM (
  SELECT room, roomSid, changedAt, row_number() OVER (PARTITION BY room ORDER BY changedAt DESC, roomSid) AS nth
  FROM "VoicePresence"
) AS latest
WHERE nth = 1;

DROP INDEX "VoicePresence_room_isPresent_idx";
-- Pages of presence, in the order of joining.
CREATE INDEX "VoicePresence_joined_idx" ON "VoicePresence" (room, joinedAt, identity) WHERE isPresent = 1;
-- The connections of an identity.
CREATE INDEX "VoicePresence_identity_idx" ON "VoicePresence" (room, identity) WHERE isPresent = 1;
-- Sessions of a room with participants, to find those before the latest session.
CREATE INDEX "VoicePresence_start_idx" ON "VoicePresence" (room, roomSid, changedAt) WHERE isPresent = 1;
CREATE INDEX "VoiceRoomEnd_endedAt_idx" ON "VoiceRoomEnd" (endedAt);
