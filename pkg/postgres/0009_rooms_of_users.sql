-- The rooms of one person, for sync: what migrations/0009 is for SQLite. Applying it twice changes nothing.
CREATE INDEX IF NOT EXISTS "VoicePresence_person_idx" ON "VoicePresence" ("identity" COLLATE "C") WHERE "isPresent";
