/** Rows of presence → the participants that clients get. */
import { snapshot } from '../../snapshot.js';
import { isTime } from '../stores/is-time.js';
import { type PresencePage, type Store, StoreFault } from '../stores/store.js';

/** Maximum number of participants in a page and in a snapshot. */
export const MAX_PARTICIPANTS = 1000;

/** A row of the store, checked. */
export interface PresentRow {
  readonly identity: string;
  readonly name: string;
  /** Unix seconds. */
  readonly joinedAt: number;
  readonly isServerMuted: boolean;
  readonly isAgent: boolean;
}

/** A participant as clients get it. */
export interface Participant {
  /** The identity. */
  readonly identity: string;
  /** The display name, which may be empty. */
  readonly name: string;
  /** When the participant joined: ISO 8601. */
  readonly joinedAt: string;
  /** Whether a moderator has muted the participant. */
  readonly isServerMuted: boolean;
  /** Whether it is an agent. */
  readonly isAgent: boolean;
}

/** The participants of a room from its first one on. */
export interface Present {
  /** At most 1,000, in the order of joining. */
  readonly participants: readonly Participant[];
  /** Whether there are more. */
  readonly isTruncated: boolean;
}

/** A page of a room. Rejects for rows of another shape. */
export async function rowsIn(room: string, page: PresencePage, store: Store): Promise<PresentRow[]> {
  if (store.presence === undefined) throw new StoreFault('no presence is kept');
  const rows = snapshot(await store.presence(room, page));
  if (!Array.isArray(rows)) throw new StoreFault('presence is of another shape');
  return rows.map(rowOf);
}

/** Who is in a room. Rejects for rows of another shape. */
export async function presentIn(room: string, store: Store): Promise<Present> {
  const rows = await rowsIn(room, { limit: MAX_PARTICIPANTS + 1 }, store);
  const participants = rows.slice(0, MAX_PARTICIPANTS).map(toParticipant);
  return { participants, isTruncated: rows.length > MAX_PARTICIPANTS };
}

function rowOf(row: unknown): PresentRow {
  const { identity, name, joinedAt, isServerMuted, isAgent = false } = Object(row);
  const isRow = typeof identity === 'string' && typeof name === 'string' && isTime(joinedAt, 1000);
  const areFlags = [isServerMuted, isAgent].every((flag) => [true, false, 1, 0].includes(flag));
  if (!isRow || !areFlags) throw new StoreFault('presence is of another shape');
  return { identity, name, joinedAt, isServerMuted: Boolean(isServerMuted), isAgent: Boolean(isAgent) };
}

/** The participant of a row. */
export const toParticipant = ({ identity, name, joinedAt, isServerMuted, isAgent }: PresentRow): Participant => ({
  identity,
  name,
  joinedAt: new Date(joinedAt * 1000).toISOString(),
  isServerMuted,
  isAgent,
});
