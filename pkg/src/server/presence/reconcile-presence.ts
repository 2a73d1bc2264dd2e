/** Compares the presence of all rooms with LiveKit, within bounds: for a timer. */
import { serviceSettings, withServers } from '../../config.js';
import { nameOf } from '../errors.js';
import { roomServiceOf } from '../livekit/room-service.js';
import { listRoomsOf, type RoomsOfServer } from '../livekit/rooms-of-servers.js';
import { type ChooseServer, chosenServer, type LivekitServer } from '../livekit/servers.js';
import { createLog, createLogFrom, type Log } from '../log.js';
import { mapAtATime } from '../map-at-a-time.js';
import { nowSeconds } from '../now.js';
import { isRoomName } from '../requests.js';
import { createRules, type Rules } from '../rules.js';
import { askStore } from '../stores/ask.js';
import type { Store } from '../stores/store.js';
import { canReconcile, NOT_COMPARED, type Reconciling, reasonOf, reconcileRoom } from './reconcile-room.js';

/** Options of {@link reconcilePresence}. */
export interface ReconcilePresenceOptions {
  /** The settings of the endpoint: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
  settings: object;
  /** The store of the endpoint. */
  store: Store;
  /** The `servers` of the endpoint, if it has them. */
  servers?: readonly LivekitServer[] | undefined;
  /** The `chooseServer` of the endpoint, if it has one. */
  chooseServer?: ChooseServer | undefined;
  /** Maximum number of rooms; the default is 1,000. */
  limit?: number | undefined;
  /** After it is aborted, no other room is begun. */
  signal?: AbortSignal | undefined;
  /** Is told of each room whose presence was corrected. */
  onChange?: ((room: string) => void | Promise<void>) | undefined;
}

/** What was done. */
export interface ReconciledPresence {
  /** How many rooms were compared. */
  readonly rooms: number;
  /** In how many of them presence was wrong. */
  readonly corrected: number;
  /** How many rooms could not be compared: they are left as they were. */
  readonly failed: number;
  /** Whether every room that was due was compared. */
  readonly isComplete: boolean;
}

const MAX_ROOMS = 1000;
const AT_A_TIME = 4;
/** Maximum number of rooms that run whose names are passed to the store. */
const MAX_RUNNING = 5000;
/** Milliseconds after which no other room is begun. Two calls of LiveKit for one room take at most 20 seconds. */
const BEGIN_MS = 20_000;

const NOTHING: ReconciledPresence = { rooms: 0, corrected: 0, failed: 0, isComplete: true };

/**
 * Compares presence with LiveKit's own list of who is in a room, and corrects what lost events have left wrong: in the rooms
 * with presence that were not compared for fifty seconds, and in those that run without any. `serve()` of Node and Deno and the
 * Worker's Cron Trigger call it every minute; an application that serves otherwise does that itself. Several processes may call
 * it at the same time. It never rejects.
 *
 * @example
 * ```ts
 * import { reconcilePresence } from 'livekit-edge/server';
 * import { sqliteStore } from 'livekit-edge/stores/sqlite';
 *
 * const store = sqliteStore('livekit-edge.sqlite');
 * const settings = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret', LIVEKIT_URL: 'ws://127.0.0.1:7880' };
 * setInterval(() => reconcilePresence({ settings, store }), 60_000);
 * ```
 */
export async function reconcilePresence(options: ReconcilePresenceOptions): Promise<ReconciledPresence> {
  const { settings, store, servers, chooseServer, onChange } = options;
  if (!canReconcile(store)) return NOTHING;
  let rules: Rules | undefined;
  let log = createLog('info');
  try {
    log = createLogFrom(settings);
    const ofEnvironment = serviceSettings(settings);
    rules = createRules(servers === undefined ? ofEnvironment : withServers(ofEnvironment, servers));
    const serverOf = (room: string) => chosenServer(chooseServer, room, log);
    const presenceChanged =
      onChange &&
      (async (room: string) => {
        try {
          await onChange(room);
        } catch (error) {
          log.error('A function of the application threw', { function: 'onChange', error: nameOf(error) });
        }
      });
    const endpoint = {
      service: rules,
      rooms: roomServiceOf(rules, serverOf),
      log,
      store: () => store,
      presenceChanged,
    };
    return await reconcileAll(endpoint, rules, serverOf, options);
  } catch (error) {
    log.error(NOT_COMPARED, { error: nameOf(error) });
    return { ...NOTHING, isComplete: false };
  } finally {
    rules?.dispose();
  }
}

type ServerOf = (room: string) => Promise<string | undefined>;

async function reconcileAll(
  endpoint: Reconciling,
  rules: Rules,
  serverOf: ServerOf,
  { limit = MAX_ROOMS, signal }: ReconcilePresenceOptions,
): Promise<ReconciledPresence> {
  const servers = await listRoomsOf(rules);
  logSilent(servers, endpoint.log);
  const answering = servers.flatMap(({ rooms }) => rooms ?? []);
  if (!servers.some(({ rooms }) => rooms !== undefined)) return { ...NOTHING, isComplete: servers.length === 0 };
  const occupied = answering.filter((room) => hasParticipants(room) && isRoomName(room.name));
  const running = someOf(occupied, nowSeconds());
  const due = await askStore(
    endpoint,
    async (store) =>
      (await store.roomsToReconcile?.(
        running.map(({ name }) => name),
        nowSeconds(),
        limit,
      )) ?? [],
  );
  if (due === null) return { ...NOTHING, isComplete: false };

  const silent = new Set(servers.flatMap(({ server, rooms }) => (rooms === undefined ? [server] : [])));
  const isSilent = async (room: string) =>
    silent.size > 0 && silent.has(await serverName(rules, room, serverOf).catch(() => ''));
  const counts = { corrected: 0, equal: 0, skipped: 0, failed: 0 };
  const end = performance.now() + BEGIN_MS;
  const isOver = () => signal?.aborted === true || performance.now() > end;
  await mapAtATime(due, AT_A_TIME, async (room) => {
    if (isOver()) return;
    const outcome = (await isSilent(room)) ? 'failed' : await reconcileRoom(endpoint, room);
    counts[outcome] += 1;
  });
  const { corrected, equal, skipped, failed } = counts;
  const areAll = running.length === occupied.length && due.length < limit;
  const isComplete = failed === 0 && corrected + equal + skipped === due.length && areAll;
  return { rooms: corrected + equal, corrected, failed, isComplete };
}

/** At most as many rooms as a store is asked about at a time, and in the next minute the next ones. */
function someOf(rooms: RoomOfServer[], now: number): RoomOfServer[] {
  if (rooms.length <= MAX_RUNNING) return rooms;
  const sorted = [...rooms].sort((one, other) => (one.name < other.name ? -1 : 1));
  const first = (Math.floor(now / 60) * MAX_RUNNING) % sorted.length;
  return [...sorted.slice(first), ...sorted.slice(0, first)].slice(0, MAX_RUNNING);
}

const hasParticipants = (room: RoomOfServer): boolean =>
  Number(room['num_participants'] ?? room['numParticipants'] ?? 0) > 0;

type RoomOfServer = NonNullable<RoomsOfServer['rooms']>[number];

/** Name of the server that a room is on. */
async function serverName(rules: Rules, room: string, serverOf: ServerOf): Promise<string> {
  const named = await serverOf(room);
  return rules.call((rules) => rules.serverOfRoom(room, named)).name;
}

function logSilent(servers: readonly RoomsOfServer[], log: Log): void {
  for (const { server, error } of servers) {
    const reason = error === undefined ? undefined : reasonOf(error);
    if (reason !== undefined) log.warn(NOT_COMPARED, { ...(server === '' ? {} : { server }), reason });
  }
}
