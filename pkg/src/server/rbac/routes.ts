/** Routes that need Kraken's tables. */
import type { Route } from '../context.js';
import type { Policy } from '../policy.js';
import { dmToken } from './routes/dm-token.js';
import { muteParticipant } from './routes/mute-participant.js';
import { listRecordings, startRecording, stopRecording } from './routes/recordings.js';
import { voicePresence } from './routes/voice-presence.js';

/** The routes, of which direct messages are always decided by Kraken's rules. */
export const krakenRoutes = (policy: Policy): readonly Route[] => [
  ['POST', '/dm-token', dmToken(policy)],
  ['POST', '/channels/:channelId/mute-participant', muteParticipant],
  ['GET', '/channels/:channelId/voice-presence', voicePresence],
  ['GET', '/channels/:channelId/recordings', listRecordings],
  ['POST', '/channels/:channelId/recordings', startRecording],
  ['POST', '/channels/:channelId/recordings/:recordingId/stop', stopRecording],
];
