/** Parses LiveKit's responses about rooms and participants, and checks the used fields. */
import type { Json } from '../../livekit-api/twirp.js';

/** A participant: `livekit.ParticipantInfo` in JSON with its required fields. */
export interface LivekitParticipant extends Json {
  /** Id of the connection. */
  readonly sid: string;
  /** Identity of the participant. */
  readonly identity: string;
}

/** A room: `livekit.Room` in JSON with its required fields. */
export interface LivekitRoom extends Json {
  /** Id of the room session. */
  readonly sid: string;
  /** Name of the room. */
  readonly name: string;
}

/** Returns the participants in a response; `undefined` if it is malformed. */
export function parseParticipants({ participants = [] }: Json): LivekitParticipant[] | undefined {
  const isParticipant = (value: unknown): value is LivekitParticipant => hasTexts(value, ['sid', 'identity']);
  return Array.isArray(participants) && participants.every(isParticipant) ? participants : undefined;
}

/** Returns the rooms in a response; `undefined` if it is malformed. */
export function parseRooms({ rooms = [] }: Json): LivekitRoom[] | undefined {
  const isRoom = (value: unknown): value is LivekitRoom => hasTexts(value, ['sid', 'name']);
  return Array.isArray(rooms) && rooms.every(isRoom) ? rooms : undefined;
}

const hasTexts = (value: unknown, names: readonly string[]): boolean =>
  names.every((name) => typeof Object(value)[name] === 'string' && Object(value)[name] !== '');

/** Values of `livekit.TrackType` in JSON, by name and number, except AUDIO, which is zero and may be omitted. */
const SILENT: readonly unknown[] = ['VIDEO', 1, 'DATA', 2];

/**
 * Returns the sids of the audio tracks of a `livekit.ParticipantInfo`: `pending` must be changed, `done` already have
 * the requested state. `undefined` if it is malformed or of another participant. A track of another type counts as
 * audio if its codec is an audio codec, because the publisher chooses type and source, but the server detects the
 * codec.
 */
export function findAudioTracks(
  participant: Json,
  identity: string,
  muted: boolean,
): Record<'pending' | 'done', string[]> | undefined {
  const tracks = participant['tracks'] ?? [];
  if (participant['identity'] !== identity || !Array.isArray(tracks)) return undefined;
  const audio = tracks.filter((track) => !SILENT.includes(track?.type) || /^audio\//i.test(track?.mime_type));
  if (!audio.every((track) => typeof track?.sid === 'string' && track.sid !== '')) return undefined;
  const isDone = (track: { muted?: unknown }) => (track.muted === true) === muted;
  const sids = (tracks: { sid: string }[]) => tracks.map(({ sid }) => sid);
  return { pending: sids(audio.filter((track) => !isDone(track))), done: sids(audio.filter(isDone)) };
}
