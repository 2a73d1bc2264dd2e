/** What LiveKit answers about rooms and participants, as far as it is used, checked. */
import type { Json } from '../../livekit-api/twirp.js';

/** A participant: `livekit.ParticipantInfo` as it came, with the fields that must be there. */
export interface LivekitParticipant extends Json {
  /** Id of this connection. */
  readonly sid: string;
  /** Identity of the participant. */
  readonly identity: string;
}

/** A room: `livekit.Room` as it came, with the fields that must be there. */
export interface LivekitRoom extends Json {
  /** Id of this start of the room. */
  readonly sid: string;
  /** Its name. */
  readonly name: string;
}

/** The participants of a response; `undefined` if it is malformed. */
export function participantsOf({ participants = [] }: Json): LivekitParticipant[] | undefined {
  const isParticipant = (value: unknown): value is LivekitParticipant => hasTexts(value, ['sid', 'identity']);
  return Array.isArray(participants) && participants.every(isParticipant) ? participants : undefined;
}

/** The rooms of a response; `undefined` if it is malformed. */
export function roomsOf({ rooms = [] }: Json): LivekitRoom[] | undefined {
  const isRoom = (value: unknown): value is LivekitRoom => hasTexts(value, ['sid', 'name']);
  return Array.isArray(rooms) && rooms.every(isRoom) ? rooms : undefined;
}

const hasTexts = (value: unknown, names: readonly string[]): boolean =>
  names.every((name) => typeof Object(value)[name] === 'string' && Object(value)[name] !== '');

/** `livekit.TrackType` in JSON, by name or number, except AUDIO, which is zero and may be left out. */
const SILENT: readonly unknown[] = ['VIDEO', 1, 'DATA', 2];

/**
 * The sids of the audio tracks of a `livekit.ParticipantInfo`: `pending` are to be changed, `done` are in that state;
 * `undefined` if it is malformed or of another participant. A track of another type counts as audio if the codec that the
 * server sees is one of audio: the publisher chooses type and source.
 */
export function audioOf(
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
