/** Requests of moderators, with a fake server as LiveKit. */
import { afterEach } from 'node:test';
import type { FakeLivekit } from '../server-parts/fake-livekit.ts';
import type { Answer, Asking, Endpoint } from './endpoint.ts';
import { MUTED_ROOM, withFakeLivekit } from './muting.ts';

export { MUTED_ROOM as MODERATED_ROOM, SUCCESS } from './muting.ts';

/** What moderators do, by the last part of the path, each with a good body and the action that it needs. */
export const MODERATIONS = {
  'kick-participant': { body: { participantIdentity: 'user-456', durationSeconds: 60 }, action: 'KICK_USER' },
  'remove-participant': { body: { participantIdentity: 'user-456' }, action: 'KICK_USER' },
  lock: { body: { locked: true }, action: 'UPDATE_CHANNEL' },
  end: { body: {}, action: 'UPDATE_CHANNEL' },
} as const;

export type ModerationName = keyof typeof MODERATIONS;

export const NAMES = Object.keys(MODERATIONS) as ModerationName[];

export type Moderating = Asking & { channel?: string };

/** Asks as the moderator, with the good body, unless told otherwise. */
export function moderating(endpoint: () => Endpoint, livekit: () => FakeLivekit) {
  return (
    name: ModerationName,
    body: unknown = MODERATIONS[name].body,
    { channel = MUTED_ROOM, settings = {}, ...asking }: Moderating = {},
  ): Promise<Answer> => {
    const withLivekit = { LIVEKIT_URL: livekit().url, ...settings };
    const path = `/channels/${encodeURIComponent(channel)}/${name}`;
    return endpoint().post(path, body, { as: 'user-mod', settings: withLivekit, ...asking });
  };
}

/** Runs an endpoint and a fake LiveKit while a file's tests run, each of which begins without kicks and locks. */
export function withModeration() {
  const running = withFakeLivekit();
  afterEach(async () => {
    for (const table of ['VoiceKick', 'VoiceLock', 'VoiceIdentity']) await running.endpoint.database.delete(table);
  });
  return running;
}
