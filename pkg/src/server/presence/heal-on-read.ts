/** Compares a room's presence with LiveKit before it is read, if that was not done in the last minute. */
import type { LivekitContext } from '../context.js';
import { isRoomName } from '../requests.js';
import { FRESH_SECONDS, RETRY_SECONDS } from '../stores/reconciliation.sql.js';
import { withTimeout } from '../timeout.js';
import { getWaitUntil } from '../wait-until.js';
import { type Outcome, reconcileRoom } from './reconcile-room.js';

/** Milliseconds for which a response waits. The comparison continues after that. */
const WAIT_MS = 1000;

/** Compares the room if that is due, and waits for at most one second. Never rejects. */
export async function healOnRead(context: LivekitContext, room: string): Promise<void> {
  const endpoint = context.get('endpoint');
  const { dueRooms } = endpoint;
  const now = Date.now();
  if (endpoint.store === undefined || !isRoomName(room) || !dueRooms.isDue(room, now)) return;
  dueRooms.postpone(room, now + RETRY_SECONDS * 1000);
  const work = reconcileRoom(endpoint, room).then((outcome) => {
    if (isCompared(outcome)) dueRooms.postpone(room, now + FRESH_SECONDS * 1000);
  });
  getWaitUntil(context)?.(work);
  await withTimeout(
    WAIT_MS,
    () => work,
    () => {},
  );
}

const isCompared = (outcome: Outcome): boolean => outcome === 'corrected' || outcome === 'equal';
