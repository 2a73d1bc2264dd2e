/** LiveKit's own server and a Chromium, or the reason why they are missing; and tokens for that server. */
import { AccessToken, type VideoGrant } from 'livekit-edge';
import { livekitServer } from '../../../scripts/machine/livekit-server.mjs';
import { findChromium } from '../../runtime/chromium.mjs';
import { startLivekit } from '../../support/livekit.mjs';
import { startBrowser } from './browser.ts';

/** The room ends when the last participant has left. */
const DEPARTURE_SECONDS = 1;

export async function ready(options: NonNullable<Parameters<typeof startLivekit>[0]> = {}) {
  const server = await livekitServer();
  if (server.path === undefined) return { skip: server.skip };
  const found = await findChromium();
  if (found.path === undefined) return { skip: found.skip };
  const livekit = await startLivekit({ departureSeconds: DEPARTURE_SECONDS, logLevel: 'info', ...options });
  const browser = await startBrowser(found.path);
  const token = (room: string, identity: string | undefined, grant: VideoGrant) => {
    const at = new AccessToken(livekit.apiKey, livekit.apiSecret, identity === undefined ? { ttl: 60 } : { identity });
    at.addGrant({ room, ...grant });
    return at.toJwtSync();
  };
  return {
    livekit,
    browser,
    adminToken: (room: string) => token(room, undefined, { roomAdmin: true }),
    join: (room: string, identity: string) => browser.join(livekit.url, token(room, identity, { roomJoin: true })),
    async stop() {
      await browser.stop();
      await livekit.stop();
    },
  };
}

export type Ready = Exclude<Awaited<ReturnType<typeof ready>>, { skip: string }>;
