-- Overwrites of a channel as Prisma lays them out in Kraken, since called Semaphore, since its migration of October 2026: for
-- an installation without Kraken. Do not apply this file to Kraken's database: its own migrations create the table.

ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'SPEAK';
ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'VIDEO';
ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'SCREEN_SHARE';

CREATE TYPE "OverwriteTarget" AS ENUM ('EVERYONE', 'ROLE', 'MEMBER');

-- Of EVERYONE, then all ROLE rows together, then MEMBER, each takes away what it denies and then adds what it allows.
CREATE TABLE "ChannelPermissionOverwrite" (
  "id" TEXT NOT NULL,
  "channelId" TEXT NOT NULL,
  "targetType" "OverwriteTarget" NOT NULL,
  "roleId" TEXT,
  "userId" TEXT,
  "allow" "RbacActions"[] DEFAULT ARRAY[]::"RbacActions"[],
  "deny" "RbacActions"[] DEFAULT ARRAY[]::"RbacActions"[],
  CONSTRAINT "ChannelPermissionOverwrite_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ChannelPermissionOverwrite_channelId_idx" ON "ChannelPermissionOverwrite" ("channelId");
