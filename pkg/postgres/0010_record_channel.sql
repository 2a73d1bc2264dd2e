-- The action RECORD_CHANNEL, which is ours: for an installation without Kraken. Do not apply this file to Kraken's database:
-- its Prisma refuses to read a role with an action that its own schema lacks. There only an OWNER records.
--
-- PostgreSQL does not let the transaction that adds a value use it, so that the roles get it in the next file.

ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'RECORD_CHANNEL';
