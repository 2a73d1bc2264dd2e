/** Converts presence rows of the store into participants for clients. */
import { snapshot } from '../../snapshot.js';
import { isTime } from '../stores/is-time.js';
import { type PresencePage, type Store, StoreFault } from '../stores/store.js';

/** Maximum number of participants in a page or snapshot. */
export const MAX_PARTICIPANTS = 1000;

/** A checked row of the store. */
export interface PresentRow {
  readonly identity: string;
  readonly name: string;
  /** Time of joining in Unix seconds. */
  readonly joinedAt: number;
  readonly isServerMuted: boolean;
  readonly isAgent: boolean;
}

/** A participant in a response. */
export interface Participant {
  /** The identity. */
  readonly identity: string;
  /** The display name, which may be empty. */
  readonly name: string;
  /** Time of joining (ISO 8601). */
  readonly joinedAt: string;
  /** True if a moderator has muted the participant. */
  readonly isServerMuted: boolean;
  /** True for an agent. */
  readonly isAgent: boolean;
}

/** The first participants of a room. */
export interface Present {
  /** At most 1,000 participants, in the order of joining. */
  readonly participants: readonly Participant[];
  /** True if the room has more participants. */
  readonly isTruncated: boolean;
}

/** Reads a page of a room's participants. Rejects for malformed rows. */
export async function rowsIn(room: string, page: PresencePage, store: Store): Promise<PresentRow[]> {
  if (store.presence === undefined) throw new StoreFault('presence is not supported');
  const rows = snapshot(await store.presence(room, page));
  if (!Array.isArray(rows)) throw new StoreFault('presence is malformed');
  return rows.map(parseRow);
}

/** Reads the first participants of a room. Rejects for malformed rows. */
export async function presentIn(room: string, store: Store): Promise<Present> {
  const rows = await rowsIn(room, { limit: MAX_PARTICIPANTS + 1 }, store);
  const participants = rows.slice(0, MAX_PARTICIPANTS).map(toParticipant);
  return { participants, isTruncated: rows.length > MAX_PARTICIPANTS };
}

function parseRow(row: unknown): PresentRow {
  const { identity, name, joinedAt, isServerMuted, isAgent = false } = Object(row);
  const isRow = typeof identity === 'string' && typeof name === 'string' && isTime(joinedAt, 1000);
  const areFlags = [isServerMuted, isAgent].every((flag) => [true, false, 1, 0].includes(flag));
  if (!isRow || !areFlags) throw new StoreFault('presence is malformed');
  return { identity, name, joinedAt, isServerMuted: Boolean(isServerMuted), isAgent: Boolean(isAgent) };
}

/** Converts a row into a participant. */
export const toParticipant = ({ identity, name, joinedAt, isServerMuted, isAgent }: PresentRow): Participant => ({
  identity,
  name,
  joinedAt: new Date(joinedAt * 1000).toISOString(),
  isServerMuted,
  isAgent,
});
