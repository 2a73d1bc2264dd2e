/** Stops a recording of a room. */
import { createException } from '../../exception.js';
import type { Endpoint } from '../endpoint.js';
import { isRoomName } from '../requests.js';
import { createEgress } from './egress.js';
import { lost } from './reconcile.js';
import { findKnown, storeState } from './records.js';

/** The stage at which a recording is already stopped. */
const ENDING = 2;

/**
 * Stops a recording of the store, and returns its status. Does nothing if it is already stopped. Throws 404 for an
 * unknown recording, and 500, 502, 503 or 504.
 */
export async function stopRoomRecording(room: string, recordingId: string, endpoint: Endpoint): Promise<string> {
  // An invalid id is not looked up, because no recording has it.
  const known = isRoomName(recordingId) ? await findKnown(endpoint, room, recordingId) : null;
  if (known === null) throw createException('recording_not_found', 'Recording not found');
  if (known.stage >= ENDING) return known.status;
  const egress = createEgress(endpoint, room);
  const state = (await egress.stop(recordingId)) ?? (await egress.find(recordingId)) ?? lost(recordingId, room);
  // The recording is already stopped, so that an error of the store is ignored: a webhook reports the state again.
  await storeState(endpoint, state).catch(() => undefined);
  return state.status;
}
