/**
 * Compares the recording of a room with LiveKit, because webhooks, the response to a start, or the process that waited
 * for it may be lost. Otherwise the room could not be recorded again, or its recording not be stopped.
 */
import type { Endpoint } from '../endpoint.js';
import type { RecordingChange, StaleClaim } from '../stores/recordings.js';
import { createEgress } from './egress.js';
import { askRecordings, storeState, takeStale } from './records.js';

/** Milliseconds after which a claim is compared with LiveKit again. Starting a recording takes less time than this. */
const STALE_MS = 60_000;

/** Maximum number of recordings that are assigned to one claim. */
const MAX_STARTED = 16;

/**
 * Compares the recording of a room with LiveKit, unless that was done in the last minute. Throws 500, 502, 503 or 504;
 * then nothing was changed.
 */
export async function reconcileRecording(room: string, endpoint: Endpoint): Promise<void> {
  const now = Date.now();
  const claim = await takeStale(endpoint, room, now, now - STALE_MS);
  if (claim !== null) await settle(claim, endpoint);
}

/** Compares a claim with LiveKit. */
export async function settle(claim: StaleClaim, endpoint: Endpoint): Promise<void> {
  const { recordingId, room } = claim;
  const egress = createEgress(endpoint, room);
  const active = await egress.active();
  if (recordingId !== null) {
    const state = active.find((state) => state.recordingId === recordingId) ?? (await egress.find(recordingId));
    return storeState(endpoint, state ?? lost(recordingId, room), claim);
  }
  // The response to the start was lost. Running recordings that match the settings are the ones that were started.
  const started = active.filter(({ isAsRequested }) => isAsRequested).slice(0, MAX_STARTED);
  for (const state of started) await storeState(endpoint, state, claim);
  if (started.length === 0) await askRecordings(endpoint, (recordings) => recordings.release(claim.id));
}

/** Returns the state of a recording that LiveKit no longer knows. Any other final state overrides it. */
export const lost = (recordingId: string, room: string): RecordingChange => ({
  recordingId,
  room,
  status: 'failed',
  stage: 3,
  startedAt: null,
  endedAt: null,
  changedAt: 0,
  files: [],
  isAsRequested: false,
});
