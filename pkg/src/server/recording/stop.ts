/** Stops a recording of a room. */
import { createException } from '../../exception.js';
import type { Endpoint } from '../endpoint.js';
import { isRoomName } from '../requests.js';
import { egressOf } from './egress.js';
import { lost } from './reconcile.js';
import { findKnown, storeState } from './records.js';

/** The stage from which on a recording is stopped. */
const ENDING = 2;

/**
 * Stops a recording that was started here, and returns its status; one that is stopped already stays as it is. Throws 404 for any
 * other, 500, 502, 503 or 504.
 */
export async function stopRecordingOf(room: string, recordingId: string, endpoint: Endpoint): Promise<string> {
  // An id with characters that no name has is not looked up: there is no such recording.
  const known = isRoomName(recordingId) ? await findKnown(endpoint, room, recordingId) : null;
  if (known === null) throw createException('recording_not_found', 'Recording not found');
  if (known.stage >= ENDING) return known.status;
  const egress = egressOf(endpoint, room);
  const state = (await egress.stop(recordingId)) ?? (await egress.find(recordingId)) ?? lost(recordingId, room);
  // It is stopped by now: an error of the store does not change that, and webhooks say it again.
  await storeState(endpoint, state).catch(() => undefined);
  return state.status;
}
