/** The same query as livekit-edge on the same SQLite file, prepared once. */
import { readFileSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

export interface Facts {
  userId: string | null;
  role: string | null;
  banned: number | null;
  tokenRevoked: number;
  channelId: string | null;
  isPrivate: number | null;
  isMember: number;
  actions: string | null;
}

@Injectable()
export class FactsService {
  private readonly statement: StatementSync;

  constructor(config: ConfigService) {
    const database = new DatabaseSync(config.getOrThrow<string>('SQLITE_PATH'));
    const sql = readFileSync(config.getOrThrow<string>('FACTS_SQL'), 'utf8');
    this.statement = database.prepare(sql.replaceAll(/\?(\d)/g, ':v$1'));
  }

  find(userId: string, tokenId: string | undefined, channelId: string): Facts {
    const values = { v1: userId, v2: tokenId ?? null, v3: channelId, v4: null, v5: null, v6: null };
    return this.statement.get(values) as unknown as Facts;
  }
}
