-- Gives RECORD_CHANNEL to Moderator and Community Admin. Apply it after 0010, not to Kraken's own database. May be applied twice.

UPDATE "Role" SET "actions" = array_append("actions", 'RECORD_CHANNEL')
WHERE "id" IN ('role-moderator', 'role-community-admin') AND NOT 'RECORD_CHANNEL' = ANY ("actions");
