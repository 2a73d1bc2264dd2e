-- Adds the action RECORD_CHANNEL of this endpoint. Do not apply this file to Kraken's own database: its Prisma refuses a role with
-- an action that is not in its schema. There only an OWNER records.
--
-- The transaction that adds an enum value cannot use it in PostgreSQL, so the roles get the action in the next file.

ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'RECORD_CHANNEL';
