-- Counts of the rate limits, shared by all processes of this database; without this table each process counts for itself. May be
-- applied twice. Columns and their order are those of rate-limiter-flexible; expire is in Unix milliseconds. The table is unlogged:
-- a count does not wait for the disk, and after a crash of the server all counts are 0.
CREATE UNLOGGED TABLE IF NOT EXISTS "RateLimit" (
  "key" TEXT COLLATE "C" PRIMARY KEY,
  "points" INTEGER NOT NULL,
  "expire" BIGINT NOT NULL
) WITH (fillfactor = 50);
-- Finds expired rows.
CREATE INDEX IF NOT EXISTS "RateLimit_expire_idx" ON "RateLimit" ("expire");
