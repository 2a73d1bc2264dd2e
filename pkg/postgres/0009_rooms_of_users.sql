-- The rooms of an identity, for sync, as migrations/0009 for SQLite. May be applied twice.
CREATE INDEX IF NOT EXISTS "VoicePresence_person_idx" ON "VoicePresence" ("identity" COLLATE "C") WHERE "isPresent";
