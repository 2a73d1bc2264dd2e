/** GET /channels/:channelId/voice-presence: who is in the channel's room now. */
import { snapshot } from '../../snapshot.js';
import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { storeUnavailable } from '../errors.js';
import { authorizePresence } from '../rbac/authorize.js';
import { askStore } from '../stores/ask.js';
import { type Store, StoreFault } from '../stores/store.js';

/** A participant as the answer has it. */
interface Participant {
  identity: string;
  name: string;
  /** ISO 8601. */
  joinedAt: string;
  isServerMuted: boolean;
}

export async function voicePresence(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  const caller = await callerOf(context);
  await authorizePresence(caller, channelId, endpoint);
  const participants = await askStore(endpoint, (store) => participantsIn(channelId, store));
  if (participants === null) throw storeUnavailable();
  return context.json({ channelId, participants });
}

/** Rejects for rows of another shape. */
async function participantsIn(channelId: string, store: Store): Promise<Participant[]> {
  if (store.presence === undefined) throw new StoreFault('no presence is kept');
  const rows = snapshot(await store.presence(channelId));
  if (!Array.isArray(rows)) throw new StoreFault('presence is of another shape');
  return rows.map(participant);
}

function participant(row: unknown): Participant {
  const { identity, name, joinedAt, isServerMuted } = Object(row);
  const isRow = typeof identity === 'string' && typeof name === 'string' && Number.isSafeInteger(joinedAt);
  if (!isRow || ![true, false, 1, 0].includes(isServerMuted)) throw new StoreFault('presence is of another shape');
  const at = new Date(joinedAt * 1000);
  return { identity, name, joinedAt: at.toISOString(), isServerMuted: Boolean(isServerMuted) };
}
