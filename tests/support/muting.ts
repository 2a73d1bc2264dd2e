/** Asks to mute somebody, with a fake server as LiveKit. */
import type { FakeLivekit } from '../server-parts/fake-livekit.ts';
import type { Answer, Asking, Endpoint } from './endpoint.ts';

export const MUTED_ROOM = 'channel-abc123';
export const MUTE = { participantIdentity: 'user-456', mute: true };
export const SUCCESS = '{"success":true}';

export type Muting = Asking & { channel?: string };

/** Asks as the moderator, unless told otherwise. */
export function muting(endpoint: () => Endpoint, livekit: () => FakeLivekit) {
  return (body: unknown = MUTE, { channel = MUTED_ROOM, settings = {}, ...asking }: Muting = {}): Promise<Answer> => {
    const path = `/channels/${encodeURIComponent(channel)}/mute-participant`;
    const withLivekit = { LIVEKIT_URL: livekit().url, ...settings };
    return endpoint().post(path, body, { as: 'user-mod', settings: withLivekit, ...asking });
  };
}
