-- Overwrites of a channel, as Prisma creates them in Kraken (later called Semaphore) since October 2026. Do not apply this file to
-- Kraken's own database: its migrations create the table.

ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'SPEAK';
ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'VIDEO';
ALTER TYPE "RbacActions" ADD VALUE IF NOT EXISTS 'SCREEN_SHARE';

CREATE TYPE "OverwriteTarget" AS ENUM ('EVERYONE', 'ROLE', 'MEMBER');

-- EVERYONE is applied first, then all ROLE rows together, then MEMBER. Each step removes the denied actions and then adds the
-- allowed ones.
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
