/** Calls the store's recordings with a timeout, and checks the results. */
import { snapshot } from '../../snapshot.js';
import type { Endpoint } from '../endpoint.js';
import { askStoreOrThrow } from '../stores/ask.js';
import { isTime } from '../stores/is-time.js';
import type { RecordingChange, RecordingClaim, Recordings, StaleClaim } from '../stores/recordings.js';
import { StoreFault } from '../stores/store.js';

/** A checked recording of the store. */
export interface KnownRecording {
  readonly recordingId: string;
  readonly startedBy: string;
  /** In Unix milliseconds. */
  readonly askedAt: number;
  readonly status: string;
  readonly stage: number;
  /** In Unix seconds. */
  readonly startedAt: number | null;
  /** In Unix seconds. */
  readonly endedAt: number | null;
  readonly files: readonly KnownFile[];
}

/** A checked file. */
export interface KnownFile {
  readonly name: string;
  readonly location?: string;
  readonly size: number;
  /** In milliseconds. */
  readonly duration: number;
}

type StoreEndpoint = Pick<Endpoint, 'store' | 'log'>;

/** Calls the store. Throws 503. */
export async function askRecordings<T>(
  endpoint: StoreEndpoint,
  ask: (recordings: Recordings) => Promise<T>,
): Promise<T> {
  return askStoreOrThrow(endpoint, async ({ recordings }) => {
    if (recordings === undefined) throw new StoreFault('recordings are not supported');
    return ask(recordings);
  });
}

/** Claims a room; false if it already has a claim. Throws 503. */
export const claimRoom = async (endpoint: StoreEndpoint, claim: RecordingClaim): Promise<boolean> =>
  (await askRecordings(endpoint, (recordings) => recordings.claim(claim))) === true;

/** Returns the claim of a room, if it was last compared with LiveKit before `before`. Throws 503. */
export const takeStale = (
  endpoint: StoreEndpoint,
  room: string,
  now: number,
  before: number,
): Promise<StaleClaim | null> =>
  askRecordings(endpoint, async (recordings) => {
    const claim: unknown = snapshot(await recordings.takeStale(room, now, before));
    if (claim === null || claim === undefined) return null;
    const { id, userId, claimedAt, recordingId } = Object(claim);
    const areTexts = [id, userId, recordingId ?? ''].every((text) => typeof text === 'string');
    if (!areTexts || !isTime(claimedAt, 1)) throw malformed();
    return { id, room, userId, claimedAt, recordingId: recordingId ?? null };
  });

/** Stores a state. Throws 503. */
export const storeState = (
  endpoint: StoreEndpoint,
  state: RecordingChange,
  claim: RecordingClaim | null = null,
): Promise<void> => askRecordings(endpoint, (recordings) => recordings.apply(state, claim, Date.now()));

/** Lists the last recordings of a room. Throws 503. */
export const listKnown = (endpoint: StoreEndpoint, room: string, limit: number): Promise<KnownRecording[]> =>
  askRecordings(endpoint, async (recordings) => {
    const rows: unknown = snapshot(await recordings.list(room, limit));
    if (!Array.isArray(rows)) throw malformed();
    return rows.map(knownRecording);
  });

/** Finds a recording of a room. Throws 503. */
export const findKnown = (endpoint: StoreEndpoint, room: string, recordingId: string): Promise<KnownRecording | null> =>
  askRecordings(endpoint, async (recordings) => {
    const row: unknown = snapshot(await recordings.find(room, recordingId));
    return row === null || row === undefined ? null : knownRecording(row);
  });

function knownRecording(row: unknown): KnownRecording {
  const { recordingId, startedBy, askedAt, status, stage, startedAt, endedAt, files } = Object(row);
  const areTexts = [recordingId, startedBy, status].every((text) => typeof text === 'string');
  const areTimes = isTime(askedAt, 1) && [startedAt, endedAt].every((time) => time === null || isTime(time, 1000));
  if (!areTexts || !areTimes || ![0, 1, 2, 3].includes(stage)) throw malformed();
  return { recordingId, startedBy, askedAt, status, stage, startedAt, endedAt, files: knownFiles(files) };
}

function knownFiles(text: unknown): KnownFile[] {
  let files: unknown;
  try {
    files = JSON.parse(String(text));
  } catch {
    throw malformed();
  }
  if (!Array.isArray(files)) throw malformed();
  return files.map((file) => {
    const { name, location, size, duration } = Object(file);
    const isFile = typeof name === 'string' && Number.isFinite(size) && Number.isFinite(duration);
    if (!isFile || !['string', 'undefined'].includes(typeof location)) throw malformed();
    return { name, ...(location === undefined ? {} : { location }), size, duration };
  });
}

const malformed = () => new StoreFault('recordings are malformed');
