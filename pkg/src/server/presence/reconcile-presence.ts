/** Compares the presence of all rooms with LiveKit. A timer calls it. */
import { serviceSettings, withServers } from '../../config.js';
import { errorName } from '../errors.js';
import { createRoomService } from '../livekit/room-service.js';
import { listServerRooms, type RoomsOfServer } from '../livekit/rooms-of-servers.js';
import { type ChooseServer, chosenServer, type LivekitServer } from '../livekit/servers.js';
import { createLog, createLogFrom, type Log } from '../log.js';
import { mapAtATime } from '../map-at-a-time.js';
import { nowSeconds } from '../now.js';
import { isRoomName } from '../requests.js';
import { createRules, type Rules } from '../rules.js';
import { askStore } from '../stores/ask.js';
import type { Store } from '../stores/store.js';
import { canReconcile, failureReason, NOT_COMPARED, type Reconciling, reconcileRoom } from './reconcile-room.js';

/** Options of {@link reconcilePresence}. */
export interface ReconcilePresenceOptions {
  /** Settings of the endpoint: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
  settings: object;
  /** Store of the endpoint. */
  store: Store;
  /** Option `servers` of the endpoint, if it is set. */
  servers?: readonly LivekitServer[] | undefined;
  /** Option `chooseServer` of the endpoint, if it is set. */
  chooseServer?: ChooseServer | undefined;
  /** Maximum number of rooms; the default is 1,000. */
  limit?: number | undefined;
  /** After it is aborted, no comparison of another room starts. */
  signal?: AbortSignal | undefined;
  /** Called with each room whose presence was corrected. */
  onChange?: ((room: string) => void | Promise<void>) | undefined;
}

/** Result of {@link reconcilePresence}. */
export interface ReconciledPresence {
  /** Number of compared rooms. */
  readonly rooms: number;
  /** Number of corrected rooms. */
  readonly corrected: number;
  /** Number of rooms that could not be compared, and were not changed. */
  readonly failed: number;
  /** True if every room that was due was compared. */
  readonly isComplete: boolean;
}

const MAX_ROOMS = 1000;
const AT_A_TIME = 4;
/** Maximum number of running rooms whose names are passed to the store. */
const MAX_RUNNING = 5000;
/**
 * Milliseconds after which no comparison of another room starts. The two calls of LiveKit for one room take at most 20
 * seconds.
 */
const BEGIN_MS = 20_000;

const NOTHING: ReconciledPresence = { rooms: 0, corrected: 0, failed: 0, isComplete: true };

/**
 * Compares presence with LiveKit's lists of participants, and corrects errors that lost events have caused. It compares
 * rooms with presence that were not compared in the last fifty seconds, and running rooms without presence. `serve()`
 * on Node and Deno and the Worker's Cron Trigger call it every minute; an application that serves in another way must
 * call it itself. Several processes may call it at the same time. It never rejects.
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
    const serverFor = (room: string) => chosenServer(chooseServer, room, log);
    const presenceChanged =
      onChange &&
      (async (room: string) => {
        try {
          await onChange(room);
        } catch (error) {
          log.error('A function of the application threw', { function: 'onChange', error: errorName(error) });
        }
      });
    const endpoint = {
      service: rules,
      rooms: createRoomService(rules, serverFor),
      log,
      store: () => store,
      presenceChanged,
    };
    return await reconcileAll(endpoint, rules, serverFor, options);
  } catch (error) {
    log.error(NOT_COMPARED, { error: errorName(error) });
    return { ...NOTHING, isComplete: false };
  } finally {
    rules?.dispose();
  }
}

type ServerFor = (room: string) => Promise<string | undefined>;

async function reconcileAll(
  endpoint: Reconciling,
  rules: Rules,
  serverFor: ServerFor,
  { limit = MAX_ROOMS, signal }: ReconcilePresenceOptions,
): Promise<ReconciledPresence> {
  const servers = await listServerRooms(rules);
  logSilent(servers, endpoint.log);
  const answering = servers.flatMap(({ rooms }) => rooms ?? []);
  if (!servers.some(({ rooms }) => rooms !== undefined)) return { ...NOTHING, isComplete: servers.length === 0 };
  const occupied = answering.filter((room) => hasParticipants(room) && isRoomName(room.name));
  const running = selectRooms(occupied, Math.random());
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
    silent.size > 0 && silent.has(await serverName(rules, room, serverFor).catch(() => ''));
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

/**
 * Selects at most `MAX_RUNNING` rooms. The first one is random, so that each room is selected sooner or later, whatever
 * the interval of the calls is and however many processes call. `random` is at least 0 and less than 1.
 */
function selectRooms(rooms: RoomOfServer[], random: number): RoomOfServer[] {
  if (rooms.length <= MAX_RUNNING) return rooms;
  const first = Math.floor(random * rooms.length);
  return [...rooms.slice(first), ...rooms.slice(0, first)].slice(0, MAX_RUNNING);
}

const hasParticipants = (room: RoomOfServer): boolean =>
  Number(room['num_participants'] ?? room['numParticipants'] ?? 0) > 0;

type RoomOfServer = NonNullable<RoomsOfServer['rooms']>[number];

/** Returns the name of a room's server. */
async function serverName(rules: Rules, room: string, serverFor: ServerFor): Promise<string> {
  const named = await serverFor(room);
  return rules.call((rules) => rules.serverOfRoom(room, named)).name;
}

function logSilent(servers: readonly RoomsOfServer[], log: Log): void {
  for (const { server, error } of servers) {
    const reason = error === undefined ? undefined : failureReason(error);
    if (reason !== undefined) log.warn(NOT_COMPARED, { ...(server === '' ? {} : { server }), reason });
  }
}
