/** A RoomService on a fake server, for a test file. */
import { after, before, beforeEach } from 'node:test';
import { AccessToken } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { type FakeLivekit, MICROPHONE, startFakeLivekit } from './fake-livekit.ts';

export const KEY = 'devkey';
export const SECRET = 'a secret of thirty-two bytes or more';
export const ALICE = 'alice-of-the-test';

export function adminToken(room: string): string {
  const token = new AccessToken(KEY, SECRET, { ttl: 60 });
  token.addGrant({ roomAdmin: true, room });
  return token.toJwtSync();
}

/** Runs a fake server and a RoomService on it while a file's tests run; Alice is in the room, with a microphone. */
export function withRoomService() {
  const running = {} as { livekit: FakeLivekit; rooms: RoomService };
  before(async () => {
    running.livekit = await startFakeLivekit();
    running.rooms = new RoomService({ url: running.livekit.url, adminToken });
  });
  after(() => running.livekit.stop());
  beforeEach(() => {
    running.livekit.calls.length = 0;
    running.livekit.behaviours.clear();
    running.livekit.participants.clear();
    running.livekit.participants.set(ALICE, { identity: ALICE, tracks: [MICROPHONE] });
  });
  return running;
}
