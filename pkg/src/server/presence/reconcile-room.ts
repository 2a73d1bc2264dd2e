/**
 * Compares the stored presence of a room with LiveKit's list of participants, and corrects errors that lost and delayed
 * events have caused.
 *
 * The store is read before LiveKit is called: a participant who joined or left in between is in neither list or in
 * both, so that clocks need not be compared. After an error of LiveKit or the store nothing is changed.
 */
import { LivekitException } from '../../exception.js';
import type { Json } from '../../livekit-api/twirp.js';
import { snapshot } from '../../snapshot.js';
import type { Reconciliation } from '../../wasm/generated/livekit_edge.js';
import { call } from '../../wasm/instance.js';
import type { Endpoint } from '../endpoint.js';
import type { LivekitParticipant } from '../livekit/room-messages.js';
import { nowSeconds } from '../now.js';
import { type JudgingEndpoint, removeRefusedWithoutEvent } from '../rbac/refused.js';
import { askStore } from '../stores/ask.js';
import type { ReconciledStore } from '../stores/reconciliation.js';
import { type Store, StoreFault } from '../stores/store.js';

/** The part of an endpoint that a comparison needs. */
export type Reconciling = JudgingEndpoint & Pick<Endpoint, 'presenceChanged'>;

/**
 * Result of a comparison. `skipped`: another process compares the room, or has just done so. `failed`: nothing was
 * changed.
 */
export type Outcome = 'corrected' | 'equal' | 'skipped' | 'failed';

/** Maximum number of participants that one comparison adds. The next one adds the others. */
const MAX_JOINED = 1000;

/** True if the store has the methods for comparing presence. */
export const canReconcile = (store: Store): store is Store & Required<ReconciledStore> =>
  [store.claimReconciliation, store.connections, store.correctPresence, store.roomsToReconcile].every(
    (method) => typeof method === 'function',
  );

/**
 * Compares a room, unless it was compared in the last minute. Participants without a join event are judged like those
 * with one. Never rejects.
 */
export async function reconcileRoom(endpoint: Reconciling, room: string): Promise<Outcome> {
  const claimed = await askStore(endpoint, async (store) =>
    canReconcile(store) ? store.claimReconciliation(room, nowSeconds()) : false,
  );
  if (claimed !== true) return claimed === null ? 'failed' : 'skipped';
  const stored = await ask(endpoint, async (store) => JSON.stringify(parseConnections(await store.connections(room))));
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
  await removeRefusedWithoutEvent(
    correction.joined.map((participant) => ({ ...participant, room })),
    endpoint,
  );
  return 'corrected';
}

/** As `askStore`, for a store with the methods for comparing presence. */
const ask = <T>(endpoint: Reconciling, work: (store: Required<ReconciledStore>) => Promise<T>): Promise<T | null> =>
  askStore(endpoint, (store) => work(store as Store & Required<ReconciledStore>));

/** Parses connections. Throws for malformed ones. */
function parseConnections(answer: unknown): unknown[] {
  const connections = snapshot(answer);
  const isConnection = ({ roomSid, participantSid, changedAt }: Json) =>
    typeof roomSid === 'string' && typeof participantSid === 'string' && Number.isSafeInteger(changedAt);
  if (Array.isArray(connections) && connections.every((one) => isConnection(Object(one)))) return connections;
  throw new StoreFault('presence is malformed');
}

/** Lists LiveKit's participants and compares them; `null` if LiveKit does not answer. */
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
    const reason = failureReason(error);
    if (reason !== undefined) log.warn(NOT_COMPARED, { roomId: room, reason });
  }
  return null;
}

/** Message of the log line. */
export const NOT_COMPARED = 'Presence was not compared with LiveKit';

/**
 * Returns why LiveKit could not be called, for the log; `undefined` for errors of settings, which are logged elsewhere.
 */
export function failureReason(error: unknown): string | undefined {
  const { code, reason } = error instanceof LivekitException ? error : { code: 'internal', reason: undefined };
  return code === 'not_configured' ? undefined : (reason ?? code);
}

/** Returns the compared fields of a `livekit.ParticipantInfo`, without its tracks, which may be large. */
function withoutTracks(participant: LivekitParticipant): Json {
  const { sid, identity, name, state, kind, permission, joined_at, joinedAt } = participant as Json;
  return { sid, identity, name, state, kind, permission, joined_at, joinedAt };
}
