/**
 * Presence feeds on Workers: each watched room has a Durable Object, which sends events over a WebSocket for each
 * watcher.
 */
import { isRoomName } from '../requests.js';
import { cannotWatch, noFeeds, type PresenceFeeds, type Watcher, watchesTooOften } from './feeds.js';

/** The binding of the Durable Object `PresenceRoom`. */
export interface PresenceNamespace {
  /** Returns the id of a room's object. */
  idFromName(room: string): unknown;
  /** Returns the object. */
  get(id: never): {
    /** Sends a request to the object. */
    fetch(url: string, init?: RequestInit): Promise<Response>;
  };
}

/** The used part of a WebSocket of the Workers runtime. */
interface WorkerSocket extends Pick<WebSocket, 'addEventListener' | 'close'> {
  accept(): void;
}

/** Maximum length of an event id. */
const MAX_EVENT_ID = 64;
/** Header with the user's id, percent-encoded. */
export const USER_HEADER = 'X-Presence-User';
/** Header with the id of the last event, percent-encoded. */
export const LAST_EVENT_HEADER = 'X-Presence-Last-Event';

/** Creates the feeds with the binding of the Durable Object. Without a binding, watching is 503. */
export function durableFeeds(namespace: PresenceNamespace | undefined): PresenceFeeds {
  if (namespace === undefined) return noFeeds;
  const ask = (room: string, init: RequestInit) =>
    namespace
      .get(namespace.idFromName(room) as never)
      .fetch(`https://presence-room/?room=${encodeURIComponent(room)}`, init);
  return {
    async changed(room) {
      // A room with an invalid name is not a channel, and has no watchers.
      if (isRoomName(room)) await ask(room, { method: 'POST' });
    },
    async watch(room, watcher) {
      const headers = { Upgrade: 'websocket', ...toHeaders(watcher) };
      const response = await ask(room, { headers }).catch(() => undefined);
      const { webSocket } = Object(response) as { webSocket?: WorkerSocket | null };
      if (webSocket == null) throw refusal(response?.status);
      webSocket.addEventListener('message', ({ data }) => watcher.send(String(data)));
      for (const event of ['close', 'error'] as const) webSocket.addEventListener(event, () => watcher.end());
      webSocket.accept();
      return () => webSocket.close(1000);
    },
  };
}

const toHeaders = ({ userId, lastEventId }: Watcher) => ({
  [USER_HEADER]: encodeURIComponent(userId.toWellFormed()),
  ...(lastEventId === undefined || lastEventId.length > MAX_EVENT_ID
    ? {}
    : { [LAST_EVENT_HEADER]: encodeURIComponent(lastEventId) }),
});

function refusal(status: number | undefined) {
  if (status === 429) return watchesTooOften();
  return cannotWatch(status === 509 ? 'too_many_watchers' : 'lost');
}
