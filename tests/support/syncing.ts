/** A sync on a SQLite file with the demo data and a fake LiveKit, for a test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import { createSync, type Store, type SyncOptions, type SyncResult } from 'livekit-edge/server';
import { type SqliteStore, sqliteStore } from 'livekit-edge/stores/sqlite';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { type Database, sqliteDatabase } from './database.ts';
import { loadDemo } from './sqlite-file.ts';
import { type SyncedRooms, startSyncedRooms } from './synced-rooms.ts';

export const CHANNEL = 'channel-abc123';
export const GROUP = 'dm-group-1';

const NOTHING: SyncResult = {
  rooms: 0,
  checked: 0,
  updated: 0,
  removed: 0,
  unknown: 0,
  failed: 0,
  isComplete: true,
};

/** A result that differs from that of a sync without rooms. */
export const result = (differences: Partial<SyncResult>): SyncResult => ({ ...NOTHING, ...differences });

/** Runs store and LiveKit while a file's tests run; every test begins with nobody in a room. */
export function withSync() {
  const running = {} as { store: Required<Store>; database: Database; fake: SyncedRooms; log: string[] };
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-sync-'));
  let opened: { store: SqliteStore; database: ReturnType<typeof sqliteDatabase> };
  const { warn, info, error } = console;
  before(async () => {
    const path = join(folder, 'test.sqlite');
    opened = { store: sqliteStore(path), database: sqliteDatabase(path) };
    loadDemo(path);
    Object.assign(running, { ...opened, fake: await startSyncedRooms(), log: [] });
    console.info = console.warn = console.error = (line: string) => void running.log.push(line);
  });
  after(async () => {
    Object.assign(console, { warn, info, error });
    await running.fake.stop();
    opened.store.close();
    opened.database.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    running.fake.reset();
    running.log.length = 0;
    for (const table of ['VoicePresence', 'VoiceIdentity', 'VoiceKick', 'ChannelPermissionOverwrite']) {
      await running.database.delete(table);
    }
  });
  return Object.assign(running, {
    /** A sync with settings and options that differ from the demo's. */
    syncing: ({ settings = {}, ...options }: Partial<SyncOptions> = {}) =>
      createSync({
        settings: { ...demoSettings, LIVEKIT_URL: running.fake.livekit.url, ...settings },
        store: running.store,
        ...options,
      }),
    /** The store has somebody in a room. */
    present: (room: string, identity: string) =>
      running.database.insert('VoicePresence', {
        roomSid: `RM_${room}`,
        participantSid: `PA_${room}_${identity}`,
        room,
        identity,
        name: identity,
        isPresent: 1,
        joinedAt: 1,
        changedAt: 1,
      }),
    /** A user got a token for an identity of another name. */
    holds: (room: string, identity: string, userId: string) =>
      running.database.insert('VoiceIdentity', { room, identity, userId, issuedAt: Math.floor(Date.now() / 1000) }),
    /** An overwrite of the demo's channel denies actions to everybody. */
    deny: (...actions: string[]) =>
      running.database.insert('ChannelPermissionOverwrite', {
        id: 'overwrite-of-the-test',
        channelId: CHANNEL,
        targetType: 'EVERYONE',
        allow: '[]',
        deny: JSON.stringify(actions),
      }),
  });
}
