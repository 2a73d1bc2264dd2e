-- Counts of the rate limits, which all processes on this database share; without it each process counts for itself. Applying
-- it twice changes nothing. Columns and their order are those of rate-limiter-flexible; expire is in Unix milliseconds.
-- Unlogged: a count does not wait for the disk, and a crash of the server starts all counts anew.
CREATE UNLOGGED TABLE IF NOT EXISTS "RateLimit" (
  "key" TEXT COLLATE "C" PRIMARY KEY,
  "points" INTEGER NOT NULL,
  "expire" BIGINT NOT NULL
) WITH (fillfactor = 50);
-- The oldest rows, to remove them.
CREATE INDEX IF NOT EXISTS "RateLimit_expire_idx" ON "RateLimit" ("expire");
