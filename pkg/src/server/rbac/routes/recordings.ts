/** POST and GET /channels/:channelId/recordings, POST …/:recordingId/stop: recordings of a channel. */
import { LivekitException } from '../../../exception.js';
import { readBody } from '../../body.js';
import { authenticateCaller } from '../../caller.js';
import type { LivekitContext } from '../../context.js';
import type { Endpoint } from '../../endpoint.js';
import type { Caller } from '../../hooks.js';
import { reconcileRecording } from '../../recording/reconcile.js';
import { type KnownRecording, listKnown } from '../../recording/records.js';
import { startRoomRecording } from '../../recording/start.js';
import { stopRoomRecording } from '../../recording/stop.js';
import { parseRecording } from '../../requests.js';
import { withTimeout } from '../../timeout.js';
import { getWaitUntil } from '../../wait-until.js';
import { authorizeRecording } from '../authorize.js';

/** Maximum number of recordings in a response. */
const MAX_LISTED = 100;

/** Milliseconds for which the list waits for LiveKit. */
const RECONCILE_MS = 2000;

/** A recording in a response. Times are ISO 8601. */
interface Recording {
  recordingId: string;
  status: string;
  startedBy: string;
  requestedAt: string;
  startedAt?: string;
  endedAt?: string;
  error?: string;
  files: { name: string; location?: string; size: number; durationSeconds: number }[];
}

export async function startRecording(context: LivekitContext): Promise<Response> {
  const { endpoint, channelId, caller, audioOnly } = await authorizeRequest(context, await readBody(context));
  const { recordingId, status } = await startRoomRecording(channelId, audioOnly, caller.userId, endpoint);
  endpoint.log.info('Started a recording', logDetails(caller, channelId, recordingId));
  return context.json({ recordingId, status }, 201);
}

export async function stopRecording(context: LivekitContext): Promise<Response> {
  const { endpoint, channelId, caller } = await authorizeRequest(context);
  const recordingId = context.req.param('recordingId') ?? '';
  const status = await stopRoomRecording(channelId, recordingId, endpoint);
  endpoint.log.info('Stopped a recording', logDetails(caller, channelId, recordingId));
  return context.json({ recordingId, status }, 201);
}

export async function listRecordings(context: LivekitContext): Promise<Response> {
  const { endpoint, channelId } = await authorizeRequest(context);
  await compareWithLivekit(context, channelId, endpoint);
  const recordings = await listKnown(endpoint, channelId, MAX_LISTED);
  return context.json({ channelId, recordings: recordings.map(toRecording) });
}

async function authorizeRequest(context: LivekitContext, body?: Uint8Array) {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  const request = parseRecording(body);
  try {
    const { caller } = await authenticateCaller(context);
    const { audioOnly } = await authorizeRecording(caller, channelId, request, endpoint);
    return { endpoint, channelId, caller, audioOnly };
  } finally {
    request.dispose();
  }
}

/**
 * Compares the running recording with LiveKit. If that fails or times out, the list contains the stored state. If
 * LiveKit answers later, the next list contains its answer.
 */
async function compareWithLivekit(context: LivekitContext, room: string, endpoint: Endpoint): Promise<void> {
  const work = reconcileRecording(room, endpoint).catch((error: unknown) => {
    const { code, reason } = error instanceof LivekitException ? error : { code: 'internal', reason: undefined };
    endpoint.log.warn('A recording could not be compared with LiveKit', { code, reason, roomId: room });
  });
  getWaitUntil(context)?.(work);
  await withTimeout(
    RECONCILE_MS,
    () => work,
    () => undefined,
  );
}

const logDetails = ({ userId, tokenId }: Caller, roomId: string, recordingId: string) => ({
  userId,
  userTokenId: tokenId,
  roomId,
  recordingId,
});

const toRecording = (known: KnownRecording): Recording => ({
  recordingId: known.recordingId,
  status: known.status,
  startedBy: known.startedBy,
  requestedAt: new Date(known.askedAt).toISOString(),
  ...(known.startedAt === null ? {} : { startedAt: new Date(known.startedAt * 1000).toISOString() }),
  ...(known.endedAt === null ? {} : { endedAt: new Date(known.endedAt * 1000).toISOString() }),
  // LiveKit's error text is not used, because it may quote the storage.
  ...(known.status === 'failed' ? { error: 'The recording failed' } : {}),
  files: known.files.map(({ name, location, size, duration }) => ({
    name,
    ...(location === undefined ? {} : { location }),
    size,
    durationSeconds: duration / 1000,
  })),
});
