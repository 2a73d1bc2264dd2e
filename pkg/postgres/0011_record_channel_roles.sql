-- Gives RECORD_CHANNEL to Moderator and Community Admin, after 0010 and as little for Kraken's database. Applying it twice
-- changes nothing.

UPDATE "Role" SET "actions" = array_append("actions", 'RECORD_CHANNEL')
WHERE "id" IN ('role-moderator', 'role-community-admin') AND NOT 'RECORD_CHANNEL' = ANY ("actions");
