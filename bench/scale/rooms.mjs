// Creates rooms with many participants on each store.
import postgres from 'postgres';
import { startWorker } from '../../scripts/worker.mjs';
import { createTables, startPostgres } from '../../tests/support/postgres/server.mjs';

/** Columns of the table "VoicePresence". */
const COLUMNS = ['roomSid', 'participantSid', 'room', 'identity', 'name', 'isPresent', 'joinedAt', 'changedAt'];
/** Current Unix second. Participants joined before it, one each second. */
const NOW = Math.floor(Date.now() / 1000);

/**
 * @typedef {import('livekit-edge/server').Store} Store
 * @typedef {{ name: string, store: Required<Store>, fill: (size: number) => Promise<void>, stop: () => Promise<unknown> }} Place
 */

/** Name and session id of the room with `size` participants. @param {number} size */
export const roomFor = (size) => ({ room: `room-${size}`, roomSid: `RM_${size}` });

/** @param {number} size */
function rows(size) {
  const { room, roomSid } = roomFor(size);
  return Array.from({ length: size }, (_, n) => [
    roomSid,
    `PA_${n}`,
    room,
    `user-${n}`,
    `User ${n}`,
    1,
    NOW - size + n,
    NOW - size + n,
  ]);
}

const SQLITE_INSERT = `INSERT INTO "VoicePresence" (${COLUMNS.join(', ')})
  SELECT ${COLUMNS.map((_, at) => `value ->> ${at}`).join(', ')} FROM json_each(?)`;
/** Inserts the time of the room's latest event. */
const SQLITE_ROOM = 'INSERT INTO "VoiceRoom" (room, roomSid, changedAt) VALUES (?, ?, ?)';

/** Opens a database in memory, so that the disk is not measured. @returns {Promise<Place>} */
export async function onSqlite() {
  const { sqliteStore } = await import('livekit-edge/stores/sqlite');
  const store = sqliteStore(':memory:');
  return {
    name: 'SQLite',
    store: /** @type {Required<Store>} */ (store),
    async fill(size) {
      for (const [n, [, sid, , identity, name, , , createdAt]] of rows(size).entries()) {
        const participant = /** @type {{ sid: string, identity: string, name: string }} */ ({ sid, identity, name });
        const event = {
          eventId: `EV_${size}_${n}`,
          createdAt: Number(createdAt),
          change: /** @type {const} */ ('joined'),
        };
        await store.applyPresence?.({ ...event, ...roomFor(size), participant });
      }
    },
    stop: async () => store.close(),
  };
}

/** Opens a D1 database. Each figure includes the communication with workerd. @returns {Promise<Place>} */
export async function onD1() {
  const { d1Store } = await import('livekit-edge/stores/d1');
  const { db, stop } = await startWorker();
  /** Rows in one statement, because the size of parameters is limited. */
  const AT_ONCE = 2000;
  return {
    name: 'D1 (Miniflare)',
    store: /** @type {Required<Store>} */ (d1Store(/** @type {any} */ (db))),
    async fill(size) {
      const all = rows(size);
      for (let from = 0; from < all.length; from += AT_ONCE) {
        await db
          .prepare(SQLITE_INSERT)
          .bind(JSON.stringify(all.slice(from, from + AT_ONCE)))
          .run();
      }
      await db
        .prepare(SQLITE_ROOM)
        .bind(...Object.values(roomFor(size)), NOW)
        .run();
    },
    stop,
  };
}

/** @returns {Promise<Place>} */
export async function onPostgres() {
  const { postgresStore } = await import('livekit-edge/stores/postgres');
  const server = await startPostgres();
  await createTables(server.url);
  const sql = postgres(server.url, { max: 1, fetch_types: false, onnotice: () => {} });
  const store = postgresStore(server.url);
  return {
    name: 'PostgreSQL',
    store: /** @type {Required<Store>} */ (store),
    async fill(size) {
      const { room, roomSid } = roomFor(size);
      await sql`
        INSERT INTO "VoicePresence" ("roomSid", "participantSid", room, identity, name, "isPresent", "joinedAt", "changedAt")
        SELECT ${roomSid}, 'PA_' || n, ${room}, 'user-' || n, 'User ' || n, true, ${NOW - size} + n, ${NOW - size} + n
        FROM generate_series(0, ${size - 1}::int) AS n`;
      await sql`INSERT INTO "VoiceRoom" VALUES (${room}, ${roomSid}, ${NOW}, NULL)`;
      // This server has no autovacuum, which would otherwise do it.
      await sql`ANALYZE`;
    },
    async stop() {
      await store.close();
      await sql.end();
      await server.stop();
    },
  };
}
