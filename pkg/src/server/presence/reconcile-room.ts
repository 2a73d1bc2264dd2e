/**
 * Compares who is stored as present in a room with LiveKit's own list, and corrects what lost and late events have left wrong.
 *
 * The store is read before LiveKit is asked: a participant who joined or left in between is in neither list or in both, so that no clocks
 * are compared. An error of LiveKit or of the store changes nothing.
 */
import { LivekitException } from '../../exception.js';
import type { Json } from '../../livekit-api/twirp.js';
import { snapshot } from '../../snapshot.js';
import type { Reconciliation } from '../../wasm/generated/livekit_edge.js';
import { call } from '../../wasm/instance.js';
import type { Endpoint } from '../endpoint.js';
import type { LivekitParticipant } from '../livekit/room-messages.js';
import { nowSeconds } from '../now.js';
import { type JudgingEndpoint, removeRefusedOf } from '../rbac/refused.js';
import { askStore } from '../stores/ask.js';
import type { ReconciledStore } from '../stores/reconciliation.js';
import { type Store, StoreFault } from '../stores/store.js';

/** What is needed of an endpoint. */
export type Reconciling = JudgingEndpoint & Pick<Endpoint, 'presenceChanged'>;

/** `skipped`: another process does it or has just done it. `failed`: nothing was changed. */
export type Outcome = 'corrected' | 'equal' | 'skipped' | 'failed';

/** Maximum number of participants that one comparison adds; the others are added by the next. */
const MAX_JOINED = 1000;

/** Whether the presence of a store can be compared. */
export const canReconcile = (store: Store): store is Store & Required<ReconciledStore> =>
  [store.claimReconciliation, store.connections, store.correctPresence, store.roomsToReconcile].every(
    (method) => typeof method === 'function',
  );

/**
 * Compares a room, unless it was compared less than a minute ago. Participants whose join was not reported are judged as by their
 * webhook. Never rejects.
 */
export async function reconcileRoom(endpoint: Reconciling, room: string): Promise<Outcome> {
  const claimed = await askStore(endpoint, async (store) =>
    canReconcile(store) ? store.claimReconciliation(room, nowSeconds()) : false,
  );
  if (claimed !== true) return claimed === null ? 'failed' : 'skipped';
  const stored = await ask(endpoint, async (store) => JSON.stringify(connectionsOf(await store.connections(room))));
  if (stored === null) return 'failed';
  const compared = await compareWithLivekit(endpoint, room, stored);
  if (compared === null) return 'failed';
  const { roomSid, missing, joined } = compared;
  const correction = { room, roomSid, missing, joined: joined.slice(0, MAX_JOINED) };
  const corrected = await ask(endpoint, async (store) => {
    await store.correctPresence(correction, nowSeconds());
    return true;
  });
  if (corrected === null) return 'failed';
  if (missing.length + joined.length === 0) return 'equal';
  endpoint.log.info('Presence corrected', { roomId: room, missing: missing.length, joined: correction.joined.length });
  await endpoint.presenceChanged?.(room);
  await removeRefusedOf(
    correction.joined.map((participant) => ({ ...participant, room })),
    endpoint,
  );
  return 'corrected';
}

/** As `askStore`, of a store whose presence can be compared. */
const ask = <T>(endpoint: Reconciling, work: (store: Required<ReconciledStore>) => Promise<T>): Promise<T | null> =>
  askStore(endpoint, (store) => work(store as Store & Required<ReconciledStore>));

/** Rejects for connections of another shape. */
function connectionsOf(answer: unknown): unknown[] {
  const connections = snapshot(answer);
  const isConnection = ({ roomSid, participantSid, changedAt }: Json) =>
    typeof roomSid === 'string' && typeof participantSid === 'string' && Number.isSafeInteger(changedAt);
  if (Array.isArray(connections) && connections.every((one) => isConnection(Object(one)))) return connections;
  throw new StoreFault('presence is of another shape');
}

/** Asks LiveKit, and compares; `null` if it does not answer. */
async function compareWithLivekit(
  { rooms, log }: Reconciling,
  room: string,
  stored: string,
): Promise<(Reconciliation & { roomSid: string | null }) | null> {
  try {
    const found = await rooms.findRoom(room);
    const participants = found === undefined ? [] : await rooms.listParticipants(room);
    const listed = JSON.stringify(participants.map(withoutTracks));
    const compared = call((wasm) => wasm.reconcilePresence(found?.sid, listed, stored));
    if (compared !== null) return { ...compared, roomSid: found?.sid ?? null };
    log.warn(NOT_COMPARED, { roomId: room, reason: 'livekit_garbage' });
  } catch (error) {
    const reason = reasonOf(error);
    if (reason !== undefined) log.warn(NOT_COMPARED, { roomId: room, reason });
  }
  return null;
}

/** The message of the log. */
export const NOT_COMPARED = 'Presence was not compared with LiveKit';

/** Why LiveKit could not be asked, for the log. Errors of the settings are logged when these are checked. */
export function reasonOf(error: unknown): string | undefined {
  const { code, reason } = error instanceof LivekitException ? error : { code: 'internal', reason: undefined };
  return code === 'not_configured' ? undefined : (reason ?? code);
}

/** The fields of a `livekit.ParticipantInfo` that are compared: its tracks may have thousands of others. */
function withoutTracks(participant: LivekitParticipant): Json {
  const { sid, identity, name, state, kind, permission, joined_at, joinedAt } = participant as Json;
  return { sid, identity, name, state, kind, permission, joined_at, joinedAt };
}
