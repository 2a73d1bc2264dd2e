/** Routes that require Kraken's tables. */
import type { Route } from '../context.js';
import type { Policy } from '../policy.js';
import type { Grants } from './grants.js';
import { dmToken } from './routes/dm-token.js';
import { endRoom, kickParticipant, liftKick, lockChannel, removeParticipant } from './routes/moderation.js';
import { muteParticipant } from './routes/mute-participant.js';
import { listRecordings, startRecording, stopRecording } from './routes/recordings.js';
import { sync } from './routes/sync.js';
import { voicePresence } from './routes/voice-presence.js';
import { voicePresenceEvents } from './routes/voice-presence-events.js';

/** Routes that require a store with kicks and locks. */
const MODERATED: readonly Route[] = [
  ['POST', '/channels/:channelId/kick-participant', kickParticipant],
  ['DELETE', '/channels/:channelId/kick-participant', liftKick],
  ['POST', '/channels/:channelId/lock', lockChannel],
];

/** Returns the routes. `policy` decides about direct messages; `moderates` adds kicks and locks. */
export const krakenRoutes = (policy: Policy, moderates: boolean): readonly Route[] => [
  ['POST', '/dm-token', dmToken(policy)],
  ['POST', '/channels/:channelId/mute-participant', muteParticipant],
  ['POST', '/channels/:channelId/remove-participant', removeParticipant],
  ['POST', '/channels/:channelId/end', endRoom],
  ['GET', '/channels/:channelId/voice-presence', voicePresence],
  ['GET', '/channels/:channelId/voice-presence/events', voicePresenceEvents],
  ['GET', '/channels/:channelId/recordings', listRecordings],
  ['POST', '/channels/:channelId/recordings', startRecording],
  ['POST', '/channels/:channelId/recordings/:recordingId/stop', stopRecording],
  ...(moderates ? MODERATED : []),
];

/** Returns the routes of the operator. The application's `grants` function replaces `LIVEKIT_GRANTS`. */
export const syncRoutes = (grants: Grants | undefined): readonly Route[] => [['POST', '/sync', sync(grants)]];
