/** GET /channels/:channelId/voice-presence: a page of the participants in the channel's room. */
import { authenticateCaller } from '../../caller.js';
import type { LivekitContext } from '../../context.js';
import { healOnRead } from '../../presence/heal-on-read.js';
import { MAX_PARTICIPANTS, rowsIn, toParticipant } from '../../presence/participant.js';
import { askStoreOrThrow } from '../../stores/ask.js';
import { authorizePresence } from '../authorize.js';

export async function voicePresence(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  const { caller } = await authenticateCaller(context);
  const after = await authorizePresence(caller, channelId, context.req.query('after'), endpoint);
  // Only before the first page, so that all pages show the same state.
  if (after === null || after === undefined) await healOnRead(context, channelId);
  const asked = { after: after ?? null, limit: MAX_PARTICIPANTS + 1 };
  const rows = await askStoreOrThrow(endpoint, (store) => rowsIn(channelId, asked, store));
  const page = rows.slice(0, MAX_PARTICIPANTS);
  const last = page.at(-1);
  const isLast = rows.length <= MAX_PARTICIPANTS || last === undefined;
  const next = isLast ? {} : { next: `${last.joinedAt}.${last.identity}` };
  return context.json({ channelId, participants: page.map(toParticipant), ...next });
}
