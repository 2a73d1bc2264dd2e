-- The rooms of an identity, for sync.
CREATE INDEX "VoicePresence_person_idx" ON "VoicePresence" (identity) WHERE isPresent = 1;
