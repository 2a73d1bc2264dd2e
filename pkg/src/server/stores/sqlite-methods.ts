/** The methods that stores on D1 and SQLite share: all but `facts`. */
import { nowSeconds } from '../now.js';
import {
  HOLDERS_SQL,
  holderStatements,
  holdersValues,
  KICKED_UNTIL_SQL,
  kickStatements,
  liftStatements,
  lockStatement,
} from './moderation.sql.js';
import { MUTE_SQL, muteValues, PRESENCE_SQL, pageValues, presenceStatements } from './presence.sql.js';
import type { StoredConnection } from './reconciliation.js';
import {
  CLAIM_SQL,
  CONNECTIONS_SQL,
  claimValues,
  correctionStatements,
  DUE_SQL,
  dueValues,
} from './reconciliation.sql.js';
import { sqlRecordings } from './recordings.sql.js';
import type { UserRoom } from './rooms.js';
import { ROOM_KIND_SQL, ROOMS_OF_USER_SQL } from './rooms.sql.js';
import type { SqlQueries } from './sql-queries.js';
import { kickEndIn, roomKindIn, userIdsIn } from './sqlite-answers.js';
import type { PresenceRow, Store } from './store.js';

/** Creates the methods for a database with the tables of `migrations/`. */
export const sqliteMethods = ({ all, transaction }: SqlQueries): Omit<Store, 'facts'> => ({
  async applyPresence(change) {
    await transaction(presenceStatements(change, nowSeconds()));
  },
  async presence(room, page) {
    return (await all({ sql: PRESENCE_SQL, values: pageValues(room, page) })) as PresenceRow[];
  },
  async setServerMuted(change) {
    await all({ sql: MUTE_SQL, values: muteValues(change) });
  },
  async roomKind(room) {
    const [row] = await all({ sql: ROOM_KIND_SQL, values: [room] });
    return roomKindIn(row);
  },
  async roomsOfUser(userId, limit) {
    return (await all({ sql: ROOMS_OF_USER_SQL, values: [userId, limit] })) as UserRoom[];
  },
  async claimReconciliation(room, now) {
    return (await all({ sql: CLAIM_SQL, values: claimValues(room, now) })).length > 0;
  },
  async connections(room) {
    return (await all({ sql: CONNECTIONS_SQL, values: [room] })) as StoredConnection[];
  },
  async correctPresence(correction, now) {
    await transaction(correctionStatements(correction, now));
  },
  async roomsToReconcile(running, now, limit) {
    const rows = (await all({ sql: DUE_SQL, values: dueValues(running, now, limit) })) as { room: string }[];
    return rows.map(({ room }) => room);
  },
  async kick(change) {
    const kicked = { sql: KICKED_UNTIL_SQL, values: [change.channelId, change.identity] };
    const [row] = await transaction([...kickStatements(change), kicked]);
    return kickEndIn(row);
  },
  async liftKick(lifted) {
    await transaction(liftStatements(lifted));
  },
  async setLocked(change) {
    await transaction([lockStatement(change)]);
  },
  async addHolder(issued) {
    await transaction(holderStatements(issued));
  },
  async holders(question) {
    return userIdsIn(await all({ sql: HOLDERS_SQL, values: holdersValues(question) }));
  },
  recordings: sqlRecordings({ all, transaction }),
});
