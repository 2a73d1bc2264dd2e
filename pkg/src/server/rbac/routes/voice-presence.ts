/** GET /channels/:channelId/voice-presence: a page of the participants in the channel's room. */
import { snapshot } from '../../../snapshot.js';
import { callerOf } from '../../caller.js';
import type { LivekitContext } from '../../context.js';
import { storeUnavailable } from '../../errors.js';
import { healOnRead } from '../../presence/heal-on-read.js';
import { askStore } from '../../stores/ask.js';
import { type PresencePage, type Store, StoreFault } from '../../stores/store.js';
import { authorizePresence } from '../authorize.js';

/** Maximum number of participants in a response. */
const PAGE = 1000;

/** A row of the store, checked. */
interface Row {
  identity: string;
  name: string;
  /** Unix seconds. */
  joinedAt: number;
  isServerMuted: boolean;
  isAgent: boolean;
}

/** A participant in a response. */
interface Participant {
  identity: string;
  name: string;
  /** ISO 8601. */
  joinedAt: string;
  isServerMuted: boolean;
  isAgent: boolean;
}

export async function voicePresence(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  const { caller } = await callerOf(context);
  const after = await authorizePresence(caller, channelId, context.req.query('after'), endpoint);
  // The pages after the first belong to it.
  if (after === null || after === undefined) await healOnRead(context, channelId);
  const rows = await askStore(endpoint, (store) => rowsIn(channelId, { after: after ?? null, limit: PAGE + 1 }, store));
  if (rows === null) throw storeUnavailable();
  const page = rows.slice(0, PAGE);
  const last = page.at(-1);
  const next = rows.length > PAGE && last !== undefined ? { next: `${last.joinedAt}.${last.identity}` } : {};
  return context.json({ channelId, participants: page.map(toParticipant), ...next });
}

/** Rejects for rows of another shape. */
async function rowsIn(channelId: string, page: PresencePage, store: Store): Promise<Row[]> {
  if (store.presence === undefined) throw new StoreFault('no presence is kept');
  const rows = snapshot(await store.presence(channelId, page));
  if (!Array.isArray(rows)) throw new StoreFault('presence is of another shape');
  return rows.map(rowOf);
}

function rowOf(row: unknown): Row {
  const { identity, name, joinedAt, isServerMuted, isAgent = false } = Object(row);
  const isRow = typeof identity === 'string' && typeof name === 'string' && Number.isSafeInteger(joinedAt);
  const isDate = isRow && !Number.isNaN(new Date(joinedAt * 1000).valueOf());
  const areFlags = [isServerMuted, isAgent].every((flag) => [true, false, 1, 0].includes(flag));
  if (!isDate || !areFlags) throw new StoreFault('presence is of another shape');
  return { identity, name, joinedAt, isServerMuted: Boolean(isServerMuted), isAgent: Boolean(isAgent) };
}

const toParticipant = ({ joinedAt, ...row }: Row): Participant => ({
  identity: row.identity,
  name: row.name,
  joinedAt: new Date(joinedAt * 1000).toISOString(),
  isServerMuted: row.isServerMuted,
  isAgent: row.isAgent,
});
