// As ../tokens/peers/livekit-edge.mjs, with the entry that does not load LiveKit's messages.
import { LivekitService } from 'livekit-edge/tokens';
import { API_KEY, API_SECRET, URL_OF_LIVEKIT } from '../tokens/claims.mjs';

const service = new LivekitService({ apiKey: API_KEY, apiSecret: API_SECRET, url: URL_OF_LIVEKIT });

/** @type {import('../tokens/field.mjs').Candidate[]} */
export default [
  { name: 'LivekitService.generateToken', mint: { sync: (request) => service.generateToken(request).token } },
];
