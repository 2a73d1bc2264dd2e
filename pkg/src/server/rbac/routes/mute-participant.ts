/** POST /channels/:channelId/mute-participant: mutes or unmutes a participant. */

import { readBody } from '../../body.js';
import { authenticateCaller } from '../../caller.js';
import type { LivekitContext } from '../../context.js';
import type { Caller } from '../../hooks.js';
import { parseMuteParticipant } from '../../requests.js';
import { askStore } from '../../stores/ask.js';
import { authorizeMute, type MuteRequest } from '../authorize.js';

export async function muteParticipant(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  const request = parseMuteParticipant(await readBody(context));
  let caller: Caller;
  let authorized: MuteRequest;
  try {
    ({ caller } = await authenticateCaller(context));
    authorized = await authorizeMute(caller, channelId, request, endpoint);
  } finally {
    request.dispose();
  }
  const { identity, mute } = authorized;
  const askedAt = Date.now();
  const participantSid = await endpoint.rooms.muteConnection(channelId, identity, mute);
  endpoint.log.info(mute ? 'Muted a participant' : 'Unmuted a participant', {
    userId: caller.userId,
    userTokenId: caller.tokenId,
    identity,
    roomId: channelId,
  });
  // The participant is already muted, so that an error of the store is ignored.
  if (participantSid !== undefined) {
    const change = { room: channelId, identity, participantSid, isServerMuted: mute, askedAt };
    await askStore(endpoint, async (store) => store.setServerMuted?.(change));
    await endpoint.presenceChanged?.(channelId);
  }
  return context.json({ success: true }, 201);
}
