-- Presence in rooms, from LiveKit's webhooks. These tables are not Kraken's, which stores presence in Redis. Times are Unix seconds.

-- The latest event about each participant in each session of a room. isPresent: has joined and not left, and the room has not ended.
CREATE TABLE "VoicePresence" (
  roomSid TEXT NOT NULL,
  participantSid TEXT NOT NULL,
  room TEXT NOT NULL,
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  isPresent INTEGER NOT NULL CHECK (isPresent IN (0, 1)),
  isServerMuted INTEGER NOT NULL DEFAULT 0 CHECK (isServerMuted IN (0, 1)),
  joinedAt INTEGER CHECK (typeof(joinedAt) IN ('integer', 'null')),
  changedAt INTEGER NOT NULL CHECK (typeof(changedAt) = 'integer'),
  PRIMARY KEY (roomSid, participantSid)
);
CREATE INDEX "VoicePresence_room_isPresent_idx" ON "VoicePresence" (room, isPresent);
CREATE INDEX "VoicePresence_gone_idx" ON "VoicePresence" (changedAt) WHERE isPresent = 0;

-- Sessions of rooms that have ended. A participant whose join is reported after the end is not present.
CREATE TABLE "VoiceRoomEnd" (
  roomSid TEXT PRIMARY KEY,
  endedAt INTEGER NOT NULL CHECK (typeof(endedAt) = 'integer')
);

-- Events that were applied, because LiveKit repeats an event if the response is lost. receivedAt is a time of the endpoint's clock.
CREATE TABLE "WebhookEvent" (
  id TEXT PRIMARY KEY,
  receivedAt INTEGER NOT NULL
);
CREATE INDEX "WebhookEvent_receivedAt_idx" ON "WebhookEvent" (receivedAt);
