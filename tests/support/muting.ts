/** Requests to mute a participant, with a fake server as LiveKit. */
import { after, before, beforeEach } from 'node:test';
import { type FakeLivekit, MICROPHONE, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { type Answer, type Asking, type Endpoint, startEndpoint, supportScript } from './endpoint.ts';

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

/** Runs an endpoint and a fake LiveKit while a file's tests run; in the room is user-456, with a microphone. */
export function withFakeLivekit() {
  const running = {} as { endpoint: Endpoint; livekit: FakeLivekit };
  before(async () => {
    [running.endpoint, running.livekit] = await Promise.all([
      startEndpoint({ entry: supportScript('settings-worker.ts') }),
      startFakeLivekit(),
    ]);
  });
  after(() => Promise.all([running.endpoint.stop(), running.livekit.stop()]));
  beforeEach(() => {
    running.livekit.calls.length = 0;
    running.livekit.behaviours.clear();
    running.livekit.participants.clear();
    running.livekit.participants.set('user-456', { identity: 'user-456', tracks: [MICROPHONE] });
  });
  return running;
}
