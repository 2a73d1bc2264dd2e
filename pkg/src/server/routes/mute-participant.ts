/** POST /channels/:channelId/mute-participant: a moderator mutes a participant, or takes it back. */

import { readBody } from '../body.js';
import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { authorizeMute } from '../rbac/authorize.js';
import { readMuteParticipant } from '../requests.js';
import { askStore } from '../stores/ask.js';

export async function muteParticipant(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  const request = readMuteParticipant(await readBody(context));
  const caller = await callerOf(context);
  const { identity, mute } = await authorizeMute(caller, channelId, request, endpoint);
  await endpoint.rooms.muteParticipant(channelId, identity, mute);
  endpoint.log.info(mute ? 'Muted a participant' : 'Unmuted a participant', {
    userId: caller.userId,
    userTokenId: caller.tokenId,
    identity,
    roomId: channelId,
  });
  // The participant is muted by now: a store that cannot note it does not change that.
  await askStore(endpoint, async (store) => store.setServerMuted?.(channelId, identity, mute));
  return context.json({ success: true }, 201);
}
