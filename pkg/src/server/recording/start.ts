/** Starts the recording of a room. */
import { createException } from '../../exception.js';
import type { Endpoint } from '../endpoint.js';
import type { RecordingChange, RecordingClaim } from '../stores/recordings.js';
import { createEgress } from './egress.js';
import { reconcileRecording, settle } from './reconcile.js';
import { askRecordings, claimRoom, storeState } from './records.js';

/**
 * Starts a recording with the operator's settings. The room is claimed first, so that only one of two requests starts a
 * recording. On error the claim is released, unless LiveKit may have started it. Throws 404, 409, 500, 502, 503 or 504.
 */
export async function startRoomRecording(
  room: string,
  audioOnly: boolean,
  userId: string,
  endpoint: Endpoint,
): Promise<RecordingChange> {
  const request = endpoint.service.call((rules) => rules.recordingRequest(room, audioOnly));
  const claim = await claimed(room, userId, endpoint);
  const egress = createEgress(endpoint, room);
  const started = await egress.start(request);
  if ('error' in started) {
    await releaseClaim(claim, started.isStarted, endpoint);
    throw started.error;
  }
  const { state } = started;
  try {
    await storeState(endpoint, state, claim);
  } catch (error) {
    // A recording that is not stored could not be stopped later.
    await egress.stop(state.recordingId).catch(() => undefined);
    throw error;
  }
  return state;
}

async function claimed(room: string, userId: string, endpoint: Endpoint): Promise<RecordingClaim> {
  const attempt = async (): Promise<RecordingClaim | undefined> => {
    const claim = { id: crypto.randomUUID(), room, userId, claimedAt: Date.now() };
    return (await claimRoom(endpoint, claim)) ? claim : undefined;
  };
  const first = await attempt();
  if (first !== undefined) return first;
  await reconcileRecording(room, endpoint);
  const second = await attempt();
  if (second === undefined) throw createException('recording_exists', 'Channel is already being recorded');
  return second;
}

/** Releases a claim. After an error, a later comparison with LiveKit releases it. */
async function releaseClaim(
  claim: RecordingClaim,
  isStarted: 'no' | 'ask' | 'perhaps',
  endpoint: Endpoint,
): Promise<void> {
  if (isStarted === 'perhaps') return;
  const released =
    isStarted === 'no'
      ? askRecordings(endpoint, (recordings) => recordings.release(claim.id))
      : settle({ ...claim, recordingId: null }, endpoint);
  await released.catch(() => undefined);
}
