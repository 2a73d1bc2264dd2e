-- The latest events of each room, so that an event is compared with two times instead of with every participant: the cost of
-- an event does not grow with its room. roomSid is the start with the latest event, changedAt the time of that event, and
-- othersChangedAt the latest time of an event in another start (NULL: there was none). Times are Unix seconds.
CREATE TABLE "VoiceRoom" (
  room TEXT PRIMARY KEY,
  roomSid TEXT NOT NULL,
  changedAt INTEGER NOT NULL CHECK (typeof(changedAt) = 'integer'),
  othersChangedAt INTEGER CHECK (typeof(othersChangedAt) IN ('integer', 'null'))
);
CREATE INDEX "VoiceRoom_changedAt_idx" ON "VoiceRoom" (changedAt);

-- When the last mute or unmute that is noted was asked for, in Unix milliseconds by our clock.
ALTER TABLE "VoicePresence" ADD COLUMN muteAskedAt INTEGER CHECK (typeof(muteAskedAt) IN ('integer', 'null'));

-- Times of the far future would hide everyone who joins later.
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
-- Pages of the present, in the order of joining.
CREATE INDEX "VoicePresence_joined_idx" ON "VoicePresence" (room, joinedAt, identity) WHERE isPresent = 1;
-- The connections of one person.
CREATE INDEX "VoicePresence_identity_idx" ON "VoicePresence" (room, identity) WHERE isPresent = 1;
-- Starts of a room that have participants, and which of these are overtaken.
CREATE INDEX "VoicePresence_start_idx" ON "VoicePresence" (room, roomSid, changedAt) WHERE isPresent = 1;
CREATE INDEX "VoiceRoomEnd_endedAt_idx" ON "VoiceRoomEnd" (endedAt);
