/** Routes that need Kraken's tables. */
import type { Route } from '../context.js';
import type { Policy } from '../policy.js';
import type { Grants } from './grants.js';
import { dmToken } from './routes/dm-token.js';
import { muteParticipant } from './routes/mute-participant.js';
import { sync } from './routes/sync.js';
import { voicePresence } from './routes/voice-presence.js';

/** The routes, of which direct messages are always decided by Kraken's rules. */
export const krakenRoutes = (policy: Policy): readonly Route[] => [
  ['POST', '/dm-token', dmToken(policy)],
  ['POST', '/channels/:channelId/mute-participant', muteParticipant],
  ['GET', '/channels/:channelId/voice-presence', voicePresence],
];

/** The routes of the operator, with an application's own table of grants. */
export const syncRoutes = (grants: Grants | undefined): readonly Route[] => [['POST', '/sync', sync(grants)]];
